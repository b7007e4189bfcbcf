-- Counts the customers who wrote in the month that :day is the last day of, and keeps the count with that day. A customer who
-- wrote on two days is counted once.
INSERT INTO bot_days (bot_id, tenant_id, day, counts)
SELECT
  n.bot_id,
  n.tenant_id,
  :day::date,
  jsonb_build_object('monthActive', count(DISTINCT m.conversation_id))
FROM
  messages m
  JOIN connections n ON n.id = m.connection_id
WHERE
  m.direction = 'in'
  AND m.created_at >= date_trunc('month', :day::date)::timestamp AT TIME ZONE :timeZone
  AND m.created_at < (:day::date + 1)::timestamp AT TIME ZONE :timeZone
  AND m.tenant_id IN (SELECT id FROM tenants WHERE time_zone = :timeZone)
GROUP BY
  1,
  2
ON CONFLICT (bot_id, day) DO UPDATE
SET
  counts = bot_days.counts || excluded.counts;
