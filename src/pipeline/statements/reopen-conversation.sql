-- Takes the mark "done" from a conversation. No row: it was open.
UPDATE conversations
SET done_at = NULL
WHERE tenant_id = :tenantId
  AND bot_id = :botId
  AND id = :conversationId
  AND done_at IS NOT NULL
RETURNING id
