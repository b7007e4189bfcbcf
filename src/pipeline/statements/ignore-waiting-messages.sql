-- What waits in a stopped conversation is kept and stays unanswered.
UPDATE messages m
SET status = 'ignored'
WHERE m.id = ANY(:messageIds)
  AND m.status = 'received'
  AND EXISTS (
    SELECT 1
    FROM conversation_work w
    WHERE w.conversation_id = m.conversation_id
      AND w.epoch = :epoch
  )
