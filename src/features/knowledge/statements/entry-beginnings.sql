-- Titles and beginnings, where the whole texts cannot be searched (see answering/title-index.ts).
SELECT
  id,
  title,
  left(content, :chars::int) AS content
FROM knowledge_entries
WHERE
  tenant_id = :tenantId::uuid
  AND bot_id = :botId::uuid
ORDER BY
  id
LIMIT :most::int;
