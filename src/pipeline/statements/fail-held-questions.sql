-- Drops the held questions of a reply job that failed for good.
UPDATE kept_questions
SET
  state = 'dropped',
  reason = 'failed',
  settled_at = now()
WHERE conversation_id = :conversationId
  AND message_id <= :messageId
  AND state = 'waiting'
RETURNING to_json(message_ids) AS message_ids
