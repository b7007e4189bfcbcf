-- The last days, oldest first, the current one so far. A report over messages, which Prisma would read one by one.
-- Past days were counted once (roll-up-message-days). Only later messages are counted here, by the index on created_at.
WITH span AS (
  SELECT (:now::timestamptz AT TIME ZONE :zone)::date AS today
),
live AS (
  SELECT greatest(today - (:days::int - 1), coalesce((SELECT max(day) + 1 FROM message_days), '-infinity')) AS first_day
  FROM span
),
counted AS (
  SELECT
    day,
    received,
    sent,
    ai_failures
  FROM message_days, live
  WHERE day < live.first_day
  UNION ALL
  SELECT
    (created_at AT TIME ZONE :zone)::date,
    count(*) FILTER (WHERE direction = 'in')::int,
    count(*) FILTER (WHERE direction = 'out')::int,
    count(*) FILTER (WHERE direction = 'out' AND reason = ANY(:failures::text[]))::int
  FROM messages
  WHERE
    created_at >= (SELECT first_day::timestamp AT TIME ZONE :zone FROM live)
    AND created_at <= :now
  GROUP BY 1
),
joined AS (
  SELECT
    (created_at AT TIME ZONE :zone)::date AS day,
    count(*)::int AS tenants
  FROM tenants
  WHERE created_at > :now::timestamptz - (:days::int + 1) * interval '1 day'
  GROUP BY 1
)
SELECT
  to_char(d, 'YYYY-MM-DD') AS day,
  coalesce(c.received, 0) AS received,
  coalesce(c.sent, 0) AS sent,
  coalesce(c.ai_failures, 0) AS ai_failures,
  coalesce(j.tenants, 0) AS new_tenants
FROM span, generate_series(today - (:days::int - 1), today, interval '1 day') AS d
LEFT JOIN counted c ON c.day = d::date
LEFT JOIN joined j ON j.day = d::date
ORDER BY d;
