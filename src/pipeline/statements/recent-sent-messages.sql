-- The newest outgoing messages of a conversation. An echo comes within seconds, so older ones are not compared with it.
SELECT
  external_id,
  status,
  text,
  mode
FROM messages
WHERE conversation_id = :conversationId
  AND direction = 'out'
ORDER BY id DESC
LIMIT 100
