-- A reply waits (`pending`), goes out (`sending`) or failed for good. No row: another worker has the conversation, or the reply
-- has come to its end.
UPDATE messages m
SET
  status = :status::text::"MessageStatus",
  reason = coalesce(:reason, m.reason)
WHERE m.id = :replyId
  AND (m.status = 'sending' OR (m.status = 'pending' AND :status <> 'pending'))
  AND EXISTS (
    SELECT 1
    FROM conversation_work w
    WHERE w.conversation_id = m.conversation_id
      AND w.epoch = :epoch
  )
RETURNING m.id
