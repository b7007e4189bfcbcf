-- One page of a bot's entries, newest change first, with the beginning of each content only.
-- Prisma would load every content whole.
SELECT
  id,
  title,
  left(content, :previewChars::int) AS preview,
  updated_at
FROM knowledge_entries
WHERE
  tenant_id = :tenantId::uuid
  AND bot_id = :botId::uuid
  AND (:ids::uuid[] IS NULL OR id = ANY(:ids::uuid[]))
ORDER BY
  updated_at DESC,
  id DESC
LIMIT :limit::int
OFFSET :offset::int;
