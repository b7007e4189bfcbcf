-- Takes the bot that waits longest, and counts the try. Two processes never take the same: the row is locked, and its run_at
-- moves to the end of the lease. After a kill, and after a failed try, the bot is due again then.
-- A business that has reached its ceiling of the month waits.
UPDATE question_merges m
SET
  run_at = :now::timestamptz + make_interval(secs => :leaseSeconds::int),
  tries = m.tries + 1
WHERE m.bot_id = (
  SELECT due.bot_id
  FROM question_merges due
  JOIN tenants t ON t.id = due.tenant_id
  WHERE due.run_at <= :now::timestamptz
    AND t.suspended_at IS NULL
    AND NOT EXISTS (
      SELECT
      FROM usage_months u
      WHERE u.tenant_id = t.id
        AND u.month = utc_month(:now::timestamptz)
        AND u.cost_micro_usd * :usdUzs::float8 >= t.cost_ceiling_uzs * 1000000.0
    )
  ORDER BY due.run_at
  LIMIT 1
  FOR UPDATE OF due SKIP LOCKED
)
RETURNING
  m.bot_id,
  m.tenant_id,
  m.tries,
  m.run_at AS leased_until
