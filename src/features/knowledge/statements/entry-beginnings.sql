-- Titles and beginnings, where the whole texts cannot be searched (see answering/title-index.ts).
SELECT
  e.id,
  e.title,
  left(e.content, :chars::int) AS content
FROM knowledge_entries AS e
JOIN tenants AS t
  ON t.id = e.tenant_id
LEFT JOIN business_facts AS f
  ON f.bot_id = e.bot_id
WHERE
  e.tenant_id = :tenantId::uuid
  AND e.bot_id = :botId::uuid
  AND NOT e.has_blanks
  AND (
    e.valid_until IS NULL
    OR (e.valid_until + 1)::timestamp AT TIME ZONE coalesce(f.time_zone, t.time_zone) > :now::timestamptz
  )
ORDER BY
  e.id
LIMIT :most::int;
