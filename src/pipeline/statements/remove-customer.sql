-- Deletes a customer and their private conversations.
WITH conversation AS (
  DELETE FROM conversations
  WHERE tenant_id = :tenantId AND bot_id = :botId AND customer_id = :customerId AND NOT is_group
)
DELETE FROM customers
WHERE tenant_id = :tenantId AND bot_id = :botId AND id = :customerId
RETURNING id;
