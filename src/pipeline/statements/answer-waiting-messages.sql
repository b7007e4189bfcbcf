-- Marks the customer's waiting messages as answered by a person.
UPDATE messages
SET status = 'answered'
WHERE conversation_id = :conversationId
  AND direction = 'in'
  AND status IN ('received', 'for_person')
