-- Makes customers' messages that failed in the last :hours wait for a reply again. Without a :botId those of all bots.
-- A message with a saved reply is left out, because it cannot have a second reply.
WITH again AS (
  UPDATE messages m
  SET
    status = 'received',
    reason = NULL
  WHERE m.direction = 'in'
    AND m.status = 'failed'
    AND m.connection_id IS NOT NULL
    AND m.created_at > now() - :hours::int * interval '1 hour'
    AND (:botId::uuid IS NULL OR m.conversation_id IN (SELECT id FROM conversations WHERE bot_id = :botId))
    AND NOT EXISTS (
      SELECT 1
      FROM messages o
      WHERE o.reply_to_id = m.id
        AND o.direction = 'out'
    )
  RETURNING m.id, m.conversation_id, m.connection_id
)
SELECT
  conversation_id,
  connection_id,
  max(id) AS message_id,
  count(*)::int AS messages
FROM again
GROUP BY conversation_id, connection_id
