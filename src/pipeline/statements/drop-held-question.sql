-- Drops a held question, unless it is settled already.
UPDATE kept_questions
SET
  state = 'dropped',
  reason = :reason,
  settled_at = now()
WHERE message_id = :messageId
  AND state = 'waiting'
