-- The customer of an echo. The row may be missing, since the business may write first. DO UPDATE makes RETURNING give the id.
INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id)
VALUES (:id, :tenantId, :botId, :connectionId, :chatId)
ON CONFLICT (connection_id, platform_user_id) DO UPDATE SET
  platform_user_id = excluded.platform_user_id
RETURNING id
