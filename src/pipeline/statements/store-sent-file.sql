-- Keeps the file of a message that a person wrote in the browser.
INSERT INTO sent_files (
  id,
  tenant_id,
  message_id,
  content,
  mime_type,
  size
)
SELECT
  :id,
  tenant_id,
  id,
  :content,
  :mimeType,
  :size
FROM messages
WHERE id = :messageId
  AND tenant_id = :tenantId
