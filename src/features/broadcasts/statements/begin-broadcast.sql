-- All recipients are written: takes them from the month's room and starts sending, or halts when the plan has no room for them.
WITH b AS MATERIALIZED (
  SELECT
    id,
    tenant_id,
    bot_id,
    utc_month(now()) AS month,
    (SELECT count(*) FROM broadcast_recipients r WHERE r.broadcast_id = :id AND r.state = 'queued')::int AS size
  FROM
    broadcasts
  WHERE
    id = :id
    AND state = 'preparing'
  FOR UPDATE
),
room AS (
  INSERT INTO usage_months AS u (tenant_id, month, broadcast_recipients)
  SELECT
    tenant_id,
    month,
    size
  FROM
    b
  WHERE
    size <= :monthLimit
  ON CONFLICT (tenant_id, month) DO UPDATE
  SET
    broadcast_recipients = u.broadcast_recipients + excluded.broadcast_recipients
  WHERE
    u.broadcast_recipients + excluded.broadcast_recipients <= :monthLimit
  RETURNING
    1
),
rates AS (
  INSERT INTO send_rates (connection_id)
  SELECT
    n.id
  FROM
    connections n
    JOIN b ON n.bot_id = b.bot_id
  ON CONFLICT DO NOTHING
)
UPDATE broadcasts t
SET
  started_at = coalesce(t.started_at, now()),
  state = CASE WHEN EXISTS (SELECT 1 FROM room) THEN 'sending' ELSE 'halted' END::"BroadcastState",
  state_reason = CASE WHEN EXISTS (SELECT 1 FROM room) THEN NULL ELSE 'plan_limit' END,
  reserved = CASE WHEN EXISTS (SELECT 1 FROM room) THEN b.size END
FROM
  b
WHERE
  t.id = b.id
RETURNING
  t.state;
