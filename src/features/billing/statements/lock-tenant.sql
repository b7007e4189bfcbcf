-- A change of the plan holds the same lock: it waits for this transaction, and this one waits for it.
SELECT 1 AS locked
FROM tenants
WHERE id = :tenantId::uuid
FOR NO KEY UPDATE;
