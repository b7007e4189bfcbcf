-- Keeps the file of a message. The business' oldest files make room for it: together they are at most :most bytes.
-- A statement, since the running total needs a window.
WITH totals AS (
  SELECT
    message_id,
    sum(size) OVER (ORDER BY fetched_at DESC, message_id DESC) AS total
  FROM media_files
  WHERE tenant_id = :tenantId
    AND message_id <> :messageId
), dropped AS (
  DELETE FROM media_files
  WHERE message_id IN (SELECT message_id FROM totals WHERE total + :size::int > :most::bigint)
)
INSERT INTO media_files (
  message_id,
  tenant_id,
  content,
  mime_type,
  size,
  reason
)
VALUES (
  :messageId,
  :tenantId,
  :content,
  :mimeType,
  :size,
  :reason
)
ON CONFLICT (message_id) DO UPDATE
SET
  content = excluded.content,
  mime_type = excluded.mime_type,
  size = excluded.size,
  reason = excluded.reason,
  fetched_at = now()
