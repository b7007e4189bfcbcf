-- Another connection that has proven the account, and whose credentials the platform has not refused since.
SELECT id
FROM connections
WHERE platform = :platform::"Platform"
  AND account_id = :accountId
  AND id <> :id
  AND proven_at IS NOT NULL
  AND NOT (state = 'FAILED' AND coalesce(failure_reason IN ('token_revoked', 'rejected'), false))
LIMIT 1
