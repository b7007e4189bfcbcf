-- The connection that Telegram calls; none when it is stopped or unproven, or its business is suspended.
SELECT
  c.id,
  c.tenant_id,
  c.account_id,
  c.display_name,
  c.username,
  c.sealed_secrets
FROM connections c
JOIN tenants t ON t.id = c.tenant_id
WHERE c.id = :connectionId
  AND c.platform = 'telegram'
  AND c.enabled
  AND c.proven_at IS NOT NULL
  AND t.suspended_at IS NULL
