-- Stores an echo as a staff reply. NOT EXISTS: two deliveries of one echo may have waited for the same conversation lock.
INSERT INTO messages (
  tenant_id,
  conversation_id,
  connection_id,
  customer_id,
  direction,
  external_id,
  kind,
  text,
  attachment,
  status,
  mode,
  sent_at
)
SELECT
  tenant_id,
  id,
  connection_id,
  customer_id,
  'out',
  :externalId,
  :kind,
  :text,
  :attachment,
  'sent',
  'person',
  now()
FROM conversations
WHERE id = :conversationId
  AND NOT EXISTS (
    SELECT 1
    FROM messages
    WHERE conversation_id = :conversationId
      AND direction = 'out'
      AND external_id = :externalId
  )
