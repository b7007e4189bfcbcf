-- The connections of the accounts that deliveries name. Only a proven claim of an account receives.
-- LIMIT 1 makes the planner look each account up by index.
SELECT
  c.id,
  c.tenant_id,
  c.bot_id,
  c.account_id,
  c.sealed_secrets,
  coalesce(c.last_inbound_at < now() - interval '1 minute', true) AS quiet,
  w.platform
FROM unnest(:platforms::text[], :accountIds::text[]) AS w (platform, account_id)
CROSS JOIN LATERAL (
  SELECT *
  FROM connections
  WHERE platform = w.platform::"Platform"
    AND account_id = w.account_id
    AND proven_at IS NOT NULL
  LIMIT 1
) c
