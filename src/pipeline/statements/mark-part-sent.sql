-- One part is sent, more follow. No row: another worker has the conversation.
UPDATE messages m
SET
  sent_parts = :parts,
  external_id = :externalId
WHERE m.id = :replyId
  AND m.status = 'sending'
  AND EXISTS (
    SELECT 1
    FROM conversation_work w
    WHERE w.conversation_id = m.conversation_id
      AND w.epoch = :epoch
  )
RETURNING m.id
