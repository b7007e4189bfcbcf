-- One block of a broadcast's recipients, in the order of their ids.
SELECT
  r.id,
  coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), r.chat_id) AS name,
  c.username,
  n.platform,
  CASE WHEN r.state = 'queued' AND b.state = 'cancelled' THEN 'skipped' ELSE r.state::text END AS state,
  CASE WHEN r.state = 'queued' AND b.state = 'cancelled' THEN 'cancelled' ELSE r.reason END AS reason,
  r.sent_at
FROM
  broadcasts b
  JOIN broadcast_recipients r ON r.broadcast_id = b.id
  LEFT JOIN customers c ON c.id = r.customer_id
  LEFT JOIN connections n ON n.id = r.connection_id
WHERE
  b.tenant_id = :tenantId
  AND b.id = :id
  AND r.id > :after
ORDER BY
  r.id
LIMIT :size;
