-- Locks out the worker that may still be composing a reply in the conversation.
UPDATE conversations
SET work_epoch = work_epoch + 1
WHERE id = :conversationId
