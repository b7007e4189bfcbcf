-- Unfinished recipients stay in the totals but lose their chat id, and the runner skips recipients whose customer is gone.
-- A statement of its own: it must also see the rows that became finished after remove-recipients-of-customer looked.
UPDATE broadcast_recipients r
SET chat_id = ''
FROM broadcasts b
WHERE
  b.id = r.broadcast_id
  AND b.tenant_id = :tenantId
  AND b.bot_id = :botId
  AND r.customer_id = :customerId;
