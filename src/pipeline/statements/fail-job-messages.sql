-- Marks the unsettled messages of a reply job as failed. unsettled-job-messages.sql has the same condition.
UPDATE messages
SET
  status = 'failed',
  reason = 'rejected'
WHERE conversation_id = :conversationId
  AND (
    (direction = 'in' AND status = 'received' AND id <= :messageId)
    OR (
      direction = 'out'
      AND status IN ('pending', 'sending')
      AND (id = :messageId OR (id > :messageId AND mode <> 'person'))
    )
  )
