-- The channels of one connection of a bot, or without an :id of all its connections.
SELECT platform AS kind
FROM connections
WHERE tenant_id = :tenantId
  AND bot_id = :botId
  AND (:id::uuid IS NULL OR id = :id)
