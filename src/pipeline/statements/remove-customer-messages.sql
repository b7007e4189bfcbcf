-- Deletes a bounded number of messages of one customer.
-- A private conversation belongs to its customer. In a group only the customer's messages and the answers to them go.
WITH removed AS (
  DELETE FROM messages
  WHERE id IN (
    SELECT m.id
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id
    WHERE
      m.tenant_id = :tenantId
      AND c.bot_id = :botId
      AND (
        (c.customer_id = :customerId AND NOT c.is_group)
        OR m.customer_id = :customerId
        OR m.reply_to_id IN (
          SELECT q.id
          FROM messages q
          WHERE q.conversation_id = m.conversation_id AND q.customer_id = :customerId
        )
      )
    LIMIT :batch
  )
  RETURNING 1
)
SELECT count(*) AS removed
FROM removed;
