-- The connection whose bot has a file that a person sends.
SELECT
  id,
  tenant_id,
  platform,
  sealed_secrets
FROM connections
WHERE tenant_id = :tenantId
  AND id = :connectionId
