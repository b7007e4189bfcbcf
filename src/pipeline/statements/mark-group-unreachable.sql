-- The group removed the bot, or is gone. Its next message ends it.
UPDATE conversations
SET unreachable_at = now()
WHERE id = :conversationId
