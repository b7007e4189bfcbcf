-- A person chose the language of a conversation, as /language does.
-- :language null: as the customer writes, from the next message on.
UPDATE conversations
SET
  language = coalesce(:language::text, language),
  language_chosen = :language IS NOT NULL
WHERE tenant_id = :tenantId AND bot_id = :botId AND id = :conversationId AND connection_id IS NOT NULL
RETURNING id;
