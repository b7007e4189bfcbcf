-- Deletes a bounded number of messages of a connection, or of the whole bot when :connectionId is null.
WITH removed AS (
  DELETE FROM messages
  WHERE id IN (
    SELECT m.id
    FROM conversations c
    JOIN messages m ON m.conversation_id = c.id
    WHERE
      c.tenant_id = :tenantId
      AND c.bot_id = :botId
      AND (:connectionId::uuid IS NULL OR c.connection_id = :connectionId)
    LIMIT :batch
  )
  RETURNING 1
)
SELECT count(*) AS removed
FROM removed;
