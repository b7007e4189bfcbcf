-- Entries that were saved while there was no key, or by an older version of this program: a few per business and hour.
INSERT INTO entry_questions (entry_id, tenant_id, bot_id, run_at)
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
    row_number() OVER (PARTITION BY e.tenant_id ORDER BY e.updated_at DESC, e.id) AS nth
  FROM knowledge_entries AS e
  LEFT JOIN entry_questions AS q
    ON q.entry_id = e.id
  WHERE
    q.entry_id IS NULL
    OR (q.run_at IS NULL AND q.done_for IS DISTINCT FROM e.updated_at)
) AS waiting
WHERE
  waiting.nth <= :mostPerTenant::int
LIMIT :most::int
ON CONFLICT (entry_id) DO UPDATE
SET
  run_at = excluded.run_at,
  tries = 0
WHERE
  entry_questions.run_at IS NULL;
