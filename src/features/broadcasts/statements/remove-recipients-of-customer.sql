-- Deletes a customer from the recipients of finished sends. Runs in the transaction that deletes the customer, which is of
-- statements because it spans the message path's tables.
DELETE FROM broadcast_recipients r
USING broadcasts b
WHERE
  b.id = r.broadcast_id
  AND b.tenant_id = :tenantId
  AND b.bot_id = :botId
  AND r.customer_id = :customerId
  AND r.state NOT IN ('queued', 'sending');
