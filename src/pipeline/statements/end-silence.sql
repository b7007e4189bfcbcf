-- The bot answers a conversation again. :botAnswers: the bot now answers the messages that waited for a person.
UPDATE conversations
SET
  silenced_until = NULL,
  needs_person_at = CASE WHEN needs_person_why = 'wrote' AND :botAnswers::boolean THEN NULL ELSE needs_person_at END,
  needs_person_why = CASE WHEN needs_person_why = 'wrote' AND :botAnswers THEN NULL ELSE needs_person_why END
WHERE id = :conversationId
