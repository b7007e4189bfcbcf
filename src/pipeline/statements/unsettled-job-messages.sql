-- The unsettled messages of a reply job: the customer's messages up to its own, and an unsent reply to them.
-- Later messages and staff replies have jobs of their own. fail-job-messages.sql has the same condition.
SELECT id
FROM messages
WHERE conversation_id = :conversationId
  AND (
    (direction = 'in' AND status = 'received' AND id <= :messageId)
    OR (
      direction = 'out'
      AND status IN ('pending', 'sending')
      AND (id = :messageId OR (id > :messageId AND mode <> 'person'))
    )
  )
