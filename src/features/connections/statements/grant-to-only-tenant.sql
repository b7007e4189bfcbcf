-- Grants the installation's own values to its only tenant, unless somebody has them.
INSERT INTO installation_grants (tenant_id)
SELECT t.id
FROM tenants t
WHERE t.id = :tenantId
  AND NOT EXISTS (SELECT 1 FROM tenants WHERE id <> :tenantId)
  AND NOT EXISTS (SELECT 1 FROM installation_grants)
ON CONFLICT DO NOTHING
RETURNING tenant_id
