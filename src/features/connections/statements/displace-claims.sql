-- Takes an account away from the connections that cannot prove that it is theirs (never confirmed by the platform, or
-- refused) and from those that do not use it: stopped or failed for a week, without a message in it. Its holder may have left
-- the account.
-- The order of the ids keeps two statements from deadlocking. Two that prove one account meet at its unique index.
WITH displaced AS (
  SELECT
    id,
    proven_at IS NOT NULL AS was_proven
  FROM connections
  WHERE platform = :platform::"Platform"
    AND account_id = :accountId
    AND id <> :id
    AND (
      proven_at IS NULL
      OR (state = 'FAILED' AND coalesce(failure_reason IN ('token_revoked', 'rejected'), false))
      OR (
        state IN ('INACTIVE', 'FAILED')
        AND state_changed_at < now() - interval '7 days'
        AND coalesce(last_inbound_at, '-infinity') < now() - interval '7 days'
      )
    )
    AND failure_reason IS DISTINCT FROM 'claimed_elsewhere'
  ORDER BY id
  FOR NO KEY UPDATE
)
UPDATE connections c
SET
  proven_at = NULL,
  displaced_at = CASE WHEN d.was_proven THEN now() END,
  state = CASE WHEN c.enabled THEN 'FAILED' ELSE c.state END,
  failure_reason = 'claimed_elsewhere',
  failure_detail = NULL,
  retry_at = NULL,
  state_changed_at = now()
FROM displaced d
WHERE c.id = d.id
RETURNING c.id
