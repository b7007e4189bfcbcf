-- Locks a conversation whose connection still exists.
SELECT id
FROM conversations
WHERE tenant_id = :tenantId
  AND bot_id = :botId
  AND id = :id
  AND connection_id IS NOT NULL
FOR UPDATE
