-- Deletes some messages of a connection, or without an :id of the whole bot. One cascade over a million rows would time out.
WITH removed AS (
  DELETE FROM messages
  WHERE id IN (
    SELECT m.id
    FROM conversations c
    JOIN messages m ON m.conversation_id = c.id
    WHERE c.tenant_id = :tenantId
      AND c.bot_id = :botId
      AND (:id::uuid IS NULL OR c.connection_id = :id)
    LIMIT :limit
  )
  RETURNING 1
)
SELECT count(*)::int AS removed
FROM removed
