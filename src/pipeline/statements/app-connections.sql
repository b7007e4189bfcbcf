-- The connections of a platform, those that were used last first: their secrets may have signed a delivery for an account that
-- nobody has connected, such as another number of the same app or the dashboard's test.
SELECT
  id,
  tenant_id,
  sealed_secrets
FROM connections
WHERE platform = :platform::"Platform"
  AND proven_at IS NOT NULL
ORDER BY greatest(created_at, last_inbound_at) DESC
LIMIT 300
