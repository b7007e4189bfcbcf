-- Takes the entry whose questions are due longest, and counts the try. Two processes never take the same: the row is locked, and
-- its run_at moves to the end of the lease. After a kill the entry is due again then.
-- A business that used up its tries of the day, or has reached its ceiling of the month, waits.
UPDATE entry_questions AS q
SET
  run_at = :now::timestamptz + make_interval(secs => :leaseSeconds::int),
  tries = q.tries + 1,
  tried_on = (:now::timestamptz AT TIME ZONE 'UTC')::date,
  tried_times = CASE WHEN q.tried_on = (:now::timestamptz AT TIME ZONE 'UTC')::date THEN q.tried_times + 1 ELSE 1 END
FROM knowledge_entries AS e
WHERE
  e.id = q.entry_id
  AND q.entry_id = (
    SELECT due.entry_id
    FROM entry_questions AS due
    WHERE
      due.run_at <= :now::timestamptz
      AND NOT EXISTS (SELECT FROM tenants AS t WHERE t.id = due.tenant_id AND t.suspended_at IS NOT NULL)
      AND NOT EXISTS (
        SELECT
        FROM tenants AS t
        JOIN usage_months AS u
          ON u.tenant_id = t.id
        WHERE
          t.id = due.tenant_id
          AND u.month = utc_month(:now::timestamptz)
          AND u.cost_micro_usd * :usdUzs::float8 >= t.cost_ceiling_uzs * 1000000.0
      )
      AND (
        SELECT coalesce(sum(tried.tried_times), 0)
        FROM entry_questions AS tried
        WHERE
          tried.tenant_id = due.tenant_id
          AND tried.tried_on = (:now::timestamptz AT TIME ZONE 'UTC')::date
      ) < :mostPerDay::int
    ORDER BY
      due.run_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
  )
RETURNING
  q.entry_id,
  q.tenant_id,
  q.bot_id,
  q.made_from,
  q.run_at AS leased_until,
  q.tries,
  e.title,
  e.content,
  e.updated_at;
