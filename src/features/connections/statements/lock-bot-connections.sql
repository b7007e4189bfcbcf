-- Locks a bot's row, so that connections are added one after the other.
SELECT id
FROM bots
WHERE tenant_id = :tenantId
  AND id = :botId
FOR NO KEY UPDATE
