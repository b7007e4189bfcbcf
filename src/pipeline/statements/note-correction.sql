-- Notes with a bot's answer what it was corrected to.
UPDATE messages
SET correction = :correction::jsonb
WHERE tenant_id = :tenantId
  AND conversation_id = :conversationId
  AND id = :messageId
