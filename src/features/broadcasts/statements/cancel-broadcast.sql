-- Cancels a broadcast and gives what has not gone out back to the month it was taken from.
WITH b AS MATERIALIZED (
  SELECT
    id,
    tenant_id,
    reserved,
    utc_month(started_at) AS month,
    (SELECT count(*) FROM broadcast_recipients r WHERE r.broadcast_id = :id AND r.state = 'queued') AS unsent
  FROM
    broadcasts
  WHERE
    tenant_id = :tenantId
    AND bot_id = :botId
    AND id = :id
    AND state NOT IN ('finished', 'cancelled')
  FOR UPDATE
),
freed AS (
  UPDATE usage_months u
  SET
    broadcast_recipients = greatest(0, u.broadcast_recipients - b.unsent)
  FROM
    b
  WHERE
    b.reserved IS NOT NULL
    AND u.tenant_id = b.tenant_id
    AND u.month = b.month
)
UPDATE broadcasts t
SET
  state = 'cancelled',
  state_reason = NULL,
  finished_at = now()
FROM
  b
WHERE
  t.id = b.id
RETURNING
  t.id;
