-- The connection that Telegram calls; none when it is stopped or its business is suspended.
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
  AND t.suspended_at IS NULL
