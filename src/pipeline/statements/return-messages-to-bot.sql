-- Returns the waiting messages of the last day to the bot. Nobody expects the bot's answer to older ones.
WITH returned AS (
  UPDATE messages
  SET status = 'received'
  WHERE conversation_id = :conversationId
    AND direction = 'in'
    AND status = 'for_person'
    AND coalesce(written_at, created_at) > now() - interval '24 hours'
  RETURNING id, conversation_id, connection_id
)
SELECT
  conversation_id,
  connection_id,
  max(id) AS message_id
FROM returned
GROUP BY conversation_id, connection_id
