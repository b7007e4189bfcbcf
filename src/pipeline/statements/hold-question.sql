-- Holds a question for :forMs. Its key is the last of its messages.
INSERT INTO kept_questions (message_id, tenant_id, conversation_id, message_ids, answer_until)
SELECT
  m.id,
  m.tenant_id,
  m.conversation_id,
  :messageIds::bigint[],
  coalesce(m.written_at, m.created_at) + :forMs::bigint * interval '1 ms'
FROM messages m
WHERE m.id = :messageId
  AND EXISTS (
    SELECT 1
    FROM conversation_work w
    WHERE w.conversation_id = :conversationId
      AND w.epoch = :epoch
  )
ON CONFLICT DO NOTHING
