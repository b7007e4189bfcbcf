-- Makes a failed staff reply wait to be sent again. Messages are ordered by id, so it gets a new id and comes after newer ones.
UPDATE messages
SET
  id = nextval(pg_get_serial_sequence('messages', 'id')),
  created_at = now(),
  status = 'pending',
  reason = NULL
WHERE conversation_id = :conversationId
  AND id = :messageId
  AND direction = 'out'
  AND mode = 'person'
  AND status IN ('failed', 'unconfirmed')
RETURNING
  id AS message_id,
  conversation_id,
  connection_id
