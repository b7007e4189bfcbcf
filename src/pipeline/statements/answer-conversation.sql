-- A staff reply answers the customer's waiting messages, and the conversation needs no person any more.
WITH answered AS (
  UPDATE messages
  SET status = 'answered'
  WHERE conversation_id = :conversationId
    AND direction = 'in'
    AND status IN ('received', 'for_person')
)
UPDATE conversations
SET
  needs_person_at = NULL,
  needs_person_why = NULL,
  last_message_at = now()
WHERE id = :conversationId
