-- Holds a question for :forMs. Its key is the last of its messages.
INSERT INTO kept_questions (message_id, tenant_id, conversation_id, message_ids, answer_until)
SELECT
  m.id,
  m.tenant_id,
  m.conversation_id,
  :messageIds::bigint[],
  m.created_at + :forMs::bigint * interval '1 ms'
FROM messages m
WHERE m.id = :messageId
  AND EXISTS (
    SELECT 1
    FROM conversations c
    WHERE c.id = :conversationId
      AND c.work_epoch = :epoch
  )
ON CONFLICT DO NOTHING
