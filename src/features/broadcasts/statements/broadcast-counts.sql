-- How many recipients are in each state, and why. The queue of a cancelled broadcast counts as skipped.
SELECT
  CASE WHEN r.state = 'queued' AND b.state = 'cancelled' THEN 'skipped' ELSE r.state::text END AS state,
  CASE WHEN r.state = 'queued' AND b.state = 'cancelled' THEN 'cancelled' ELSE r.reason END AS reason,
  count(*) AS count
FROM
  broadcasts b
  JOIN broadcast_recipients r ON r.broadcast_id = b.id
WHERE
  b.tenant_id = :tenantId
  AND b.id = :id
GROUP BY
  1,
  2;
