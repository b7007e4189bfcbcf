-- Stores a staff reply that waits to be sent. No row: the same form was submitted before.
INSERT INTO messages (
  tenant_id,
  conversation_id,
  connection_id,
  customer_id,
  direction,
  kind,
  text,
  status,
  mode,
  draft_hash,
  attachment
)
SELECT
  tenant_id,
  id,
  connection_id,
  customer_id,
  'out',
  :kind,
  :text,
  'pending',
  'person',
  :draftHash,
  :attachment
FROM conversations
WHERE id = :conversationId
ON CONFLICT (conversation_id, draft_hash) WHERE draft_hash IS NOT NULL DO NOTHING
RETURNING
  id AS message_id,
  conversation_id,
  connection_id
