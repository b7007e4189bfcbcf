-- Customers by part of a name, username or number, newest conversation first. :search is an ILIKE pattern.
-- Only the newest conversations are looked at, so that the cost has a bound.
SELECT
  u.id,
  u.bot_id,
  b.name AS bot_name,
  n.platform,
  nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '') AS name,
  u.username,
  u.platform_user_id,
  c.last_message_at AS last_seen_at
FROM
  (
    SELECT
      customer_id,
      last_message_at
    FROM conversations
    WHERE tenant_id = :tenantId::uuid AND connection_id IS NOT NULL AND NOT is_group
    ORDER BY last_message_at DESC
    LIMIT :searched
  ) c
  JOIN customers u ON u.id = c.customer_id
  JOIN bots b ON b.id = u.bot_id
  JOIN connections n ON n.id = u.connection_id
WHERE
  u.id <> :customerId::uuid
  AND concat_ws(' ', u.first_name, u.last_name, u.username, u.platform_user_id, u.other_id) ILIKE :search
ORDER BY
  c.last_message_at DESC
LIMIT :size;
