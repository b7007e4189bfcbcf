-- Takes the lease of the installation's desk bot when it is free or expired. One row while :holder has it, else none.
WITH taken AS (
  INSERT INTO desk_bots (account_id, holder, epoch, expires_at)
  VALUES (:accountId, :holder, 1, now() + :leaseMs * interval '1 millisecond')
  ON CONFLICT (account_id) DO UPDATE SET
    holder = excluded.holder,
    epoch = desk_bots.epoch + 1,
    expires_at = excluded.expires_at
  WHERE desk_bots.expires_at <= now()
  RETURNING *
)
SELECT
  epoch,
  true AS taken,
  NULL::float8 AS silent_ms,
  state,
  failure_reason,
  username,
  display_name
FROM taken
UNION ALL
SELECT
  b.epoch,
  false,
  NULL,
  b.state,
  b.failure_reason,
  b.username,
  b.display_name
FROM desk_bots b
WHERE b.account_id = :accountId
  AND b.holder = :holder
  AND NOT EXISTS (SELECT 1 FROM taken)
