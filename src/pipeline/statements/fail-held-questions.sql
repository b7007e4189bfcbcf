-- Drops the held questions of work that is given up.
UPDATE kept_questions k
SET
  state = 'dropped',
  reason = 'failed',
  settled_at = now()
FROM conversation_work w
WHERE w.conversation_id = :conversationId
  AND w.epoch = :epoch
  AND k.conversation_id = w.conversation_id
  AND k.message_id <= w.tried_message_id
  AND k.state = 'waiting'
RETURNING to_json(k.message_ids) AS message_ids
