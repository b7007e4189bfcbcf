-- Waits for a change of the active subscription that did not lock the tenant first, and keeps others from changing it.
SELECT 1 AS locked
FROM subscriptions
WHERE
  tenant_id = :tenantId::uuid
  AND active
FOR SHARE;
