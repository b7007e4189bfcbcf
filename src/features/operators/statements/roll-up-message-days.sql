-- Counts the messages of each day that is over, once. A day is over an hour after midnight: every transaction that began
-- before midnight is committed by then. A report over messages.
INSERT INTO message_days (
  day,
  received,
  sent,
  ai_failures
)
SELECT
  d::date,
  count(m.id) FILTER (WHERE direction = 'in'),
  count(m.id) FILTER (WHERE direction = 'out'),
  count(m.id) FILTER (WHERE direction = 'out' AND reason = ANY(:failures::text[]))
FROM
  generate_series(
    coalesce((SELECT max(day) + 1 FROM message_days), (:now::timestamptz AT TIME ZONE :zone)::date - :days::int),
    ((:now::timestamptz - interval '1 hour') AT TIME ZONE :zone)::date - 1,
    interval '1 day'
  ) AS d
LEFT JOIN messages m
  ON m.created_at >= d::date::timestamp AT TIME ZONE :zone
  AND m.created_at < (d::date + 1)::timestamp AT TIME ZONE :zone
GROUP BY 1
ON CONFLICT DO NOTHING;
