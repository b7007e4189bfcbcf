-- Claims the leases that are free or expired, for the Telegram connections that should be polled, and lists all connections
-- that :holder has now. Each claim raises the lease's epoch.
--
-- Leases held by others are filtered out before locking. ON CONFLICT then decides between two concurrent claimers. Rows are
-- claimed in the order of their ids, so that claimers do not deadlock.
-- The version covers everything of a held connection that a poller uses. One row without a connection is returned when the
-- version is the :known one, or when nothing is held.
WITH wanted AS (
  SELECT c.*
  FROM connections c
  JOIN tenants t ON t.id = c.tenant_id
  WHERE c.platform = 'telegram'
    AND c.enabled
    AND t.suspended_at IS NULL
    -- Only the owner can correct these, so they are not tried again until the owner does something.
    AND NOT (
      c.state = 'FAILED'
      AND coalesce(c.failure_reason, '') IN ('token_revoked', 'rejected', 'plan_limit', 'claimed_elsewhere')
    )
), taken AS (
  INSERT INTO leases (connection_id, holder, epoch, expires_at)
  SELECT
    w.id,
    :holder,
    1,
    now() + :leaseMs * interval '1 millisecond'
  FROM wanted w
  LEFT JOIN leases l ON l.connection_id = w.id
  WHERE l.connection_id IS NULL OR l.expires_at <= now()
  ORDER BY w.id
  ON CONFLICT (connection_id) DO UPDATE SET
    holder = excluded.holder,
    epoch = leases.epoch + 1,
    expires_at = excluded.expires_at
  WHERE leases.expires_at <= now()
  RETURNING connection_id, epoch
), held AS (
  SELECT
    w.id,
    w.tenant_id,
    w.bot_id,
    w.account_id,
    w.display_name,
    w.username,
    w.sealed_secrets,
    w.state,
    w.failure_reason,
    w.proven_at IS NOT NULL AS proven,
    coalesce(t.epoch, l.epoch) AS epoch,
    t.epoch IS NOT NULL AS taken,
    md5(w.sealed_secrets) AS token_version,
    CASE WHEN w.state = 'PENDING' AND w.failure_reason IS NULL
      THEN (extract(epoch FROM w.state_changed_at) * 1000)::float8
    END AS started_at_ms,
    CASE WHEN t.epoch IS NOT NULL
      THEN (extract(epoch FROM now() - l.expires_at) * 1000)::float8
    END AS silent_ms
  FROM wanted w
  LEFT JOIN taken t ON t.connection_id = w.id
  LEFT JOIN leases l ON l.connection_id = w.id
  WHERE t.connection_id IS NOT NULL OR l.holder = :holder
)
SELECT
  v.version,
  h.*
FROM (SELECT md5(string_agg(h::text, ' ' ORDER BY h.id)) AS version FROM held h) v
LEFT JOIN held h ON v.version IS DISTINCT FROM :known
