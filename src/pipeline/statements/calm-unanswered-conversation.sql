-- The missing answer was sent. If it was the only reason, the conversation needs no person any more.
UPDATE conversations
SET
  needs_person_at = NULL,
  needs_person_why = NULL,
  last_message_at = now()
WHERE id = :conversationId
  AND coalesce(needs_person_why, 'no_answer') = 'no_answer'
