-- Deletes businesses with everything that belongs to them.
DELETE FROM tenants
WHERE id = ANY(:tenantIds::uuid[]);
