UPDATE desk_bots
SET expires_at = now() + :leaseMs * interval '1 millisecond'
WHERE account_id = :accountId
  AND holder = :holder
RETURNING epoch
