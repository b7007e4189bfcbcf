-- Deletes a playground conversation with its messages.
DELETE FROM conversations
WHERE tenant_id = :tenantId AND id = :conversationId AND connection_id IS NULL;
