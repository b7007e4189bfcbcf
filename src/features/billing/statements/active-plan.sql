-- The plan in force now. No row: the free plan.
SELECT plan
FROM active_plans(now())
WHERE tenant_id = :tenantId::uuid;
