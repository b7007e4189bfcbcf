-- The AI was asked about these messages and will be asked anew. What they were charged stays in the month's count, and the next
-- question is charged again. Only while the conversation is still its worker's.
UPDATE messages m
SET charged_month = NULL
WHERE m.id = ANY(:messageIds::bigint[])
  AND m.charged_month IS NOT NULL
  AND EXISTS (
    SELECT 1
    FROM conversation_work w
    WHERE w.conversation_id = m.conversation_id
      AND w.epoch = :epoch
  )
