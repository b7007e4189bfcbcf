-- The connections below accounts that deliveries name, such as WhatsApp's business accounts.
SELECT
  c.id,
  c.tenant_id,
  c.bot_id,
  c.account_id,
  c.parent_account_id,
  c.username,
  c.sealed_secrets,
  b.name AS bot_name
FROM connections c
JOIN bots b ON b.id = c.bot_id
WHERE c.platform = :platform::"Platform"
  AND c.parent_account_id = ANY(:parentIds)
  AND c.proven_at IS NOT NULL
ORDER BY c.id
LIMIT 100
