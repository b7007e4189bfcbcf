-- Entries of large knowledge without vectors of this model and size: saved while there was no key, given up, or made by another
-- model. A few per bot and hour.
INSERT INTO entry_vectors (entry_id, tenant_id, bot_id, run_at)
SELECT
  waiting.id,
  waiting.tenant_id,
  waiting.bot_id,
  :now::timestamptz
FROM (
  SELECT
    e.id,
    e.tenant_id,
    e.bot_id,
    row_number() OVER (PARTITION BY e.bot_id ORDER BY e.updated_at DESC, e.id) AS nth
  FROM knowledge_entries AS e
  LEFT JOIN entry_vectors AS v
    ON v.entry_id = e.id
  WHERE
    (v.entry_id IS NULL OR v.run_at IS NULL)
    AND (
      v.vectors IS NULL
      OR v.model IS DISTINCT FROM :model::text
      OR v.dimensions IS DISTINCT FROM :dimensions::int
    )
    AND e.bot_id IN (
      SELECT one.bot_id
      FROM knowledge_entries AS one
      GROUP BY one.bot_id
      HAVING sum(octet_length(one.title) + octet_length(one.content)) > :promptChars::int
    )
) AS waiting
WHERE
  waiting.nth <= :mostPerBot::int
LIMIT :most::int
ON CONFLICT (entry_id) DO UPDATE
SET
  run_at = excluded.run_at,
  tries = 0
WHERE
  entry_vectors.run_at IS NULL;
