-- Silences the bot in a conversation whose row is locked.
UPDATE conversations
SET silenced_until = greatest(silenced_until, now() + :silenceMinutes * interval '1 minute')
WHERE id = :conversationId
