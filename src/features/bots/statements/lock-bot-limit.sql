-- How many bots the plan allows. The tenant's row stays locked: of two creations at once, the second waits here and then
-- counts the first one's bot.
SELECT coalesce(p.max_bots, :freeMaxBots::int) AS max_bots
FROM tenants t
LEFT JOIN active_plans(now()) p ON p.tenant_id = t.id
WHERE t.id = :tenantId::uuid
FOR NO KEY UPDATE OF t;
