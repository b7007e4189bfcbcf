-- Customers who asked to be forgotten, once nothing is on its way to them. A platform that does not take the answer holds it up
-- for ten minutes at most.
SELECT
  customer.id,
  customer.tenant_id,
  customer.bot_id
FROM customers AS customer
WHERE
  customer.forget_asked_at IS NOT NULL
  AND (
    customer.forget_asked_at <= :now::timestamptz - interval '10 minutes'
    OR NOT EXISTS (
      SELECT 1
      FROM conversations AS conversation
      INNER JOIN conversation_work AS work ON work.conversation_id = conversation.id
      WHERE conversation.customer_id = customer.id
    )
  )
ORDER BY customer.forget_asked_at
LIMIT :most::int;
