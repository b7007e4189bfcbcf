-- Leaves the messages that the bot has not answered to a person.
WITH left_open AS (
  UPDATE messages
  SET status = 'for_person'
  WHERE conversation_id = :conversationId
    AND direction = 'in'
    AND status = 'received'
  RETURNING id
), noted AS (
  UPDATE conversations
  SET
    needs_person_at = coalesce(needs_person_at, now()),
    needs_person_why = coalesce(needs_person_why, 'wrote')
  WHERE id = :conversationId
    AND EXISTS (SELECT 1 FROM left_open)
)
SELECT id
FROM left_open
