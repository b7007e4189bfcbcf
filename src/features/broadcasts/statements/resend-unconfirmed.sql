-- Sends again to recipients of whom we do not know whether they got the message. Some may get it twice.
WITH b AS MATERIALIZED (
  SELECT
    id
  FROM
    broadcasts
  WHERE
    tenant_id = :tenantId
    AND bot_id = :botId
    AND id = :id
    AND state IN ('sending', 'paused', 'halted', 'finished')
  FOR UPDATE
),
again AS (
  UPDATE broadcast_recipients r
  SET
    state = 'queued',
    reason = NULL,
    claim = NULL,
    claimed_at = NULL
  FROM
    b
  WHERE
    r.broadcast_id = b.id
    AND r.state = 'unconfirmed'
  RETURNING
    1
)
UPDATE broadcasts t
SET
  finished_at = NULL,
  state = CASE WHEN t.state = 'finished' THEN 'sending' ELSE t.state END
FROM
  b
WHERE
  t.id = b.id
  AND EXISTS (SELECT 1 FROM again)
RETURNING
  t.id;
