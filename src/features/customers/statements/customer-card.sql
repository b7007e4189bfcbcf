-- A customer, everybody who is the same person, and the private conversation of each. The asked one comes first.
WITH same AS (
  SELECT :customerId::uuid AS id
  UNION
  SELECT other.customer_id
  FROM person_links mine
  JOIN person_links other ON other.person_id = mine.person_id
  WHERE mine.tenant_id = :tenantId::uuid AND mine.customer_id = :customerId
)
SELECT
  u.id,
  u.bot_id,
  b.name AS bot_name,
  n.platform,
  nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '') AS name,
  u.username,
  u.platform_user_id,
  u.opted_out_at,
  u.unreachable_at,
  u.created_at AS first_seen_at,
  c.id AS conversation_id,
  c.source,
  coalesce(last_written_at(c.id), c.last_message_at) AS last_seen_at
FROM
  same
  JOIN customers u ON u.id = same.id AND u.tenant_id = :tenantId
  JOIN bots b ON b.id = u.bot_id
  JOIN connections n ON n.id = u.connection_id
  LEFT JOIN LATERAL (
    SELECT
      id,
      source,
      last_message_at
    FROM conversations
    WHERE customer_id = u.id AND NOT is_group
    ORDER BY last_message_at DESC
    LIMIT 1
  ) c ON true
ORDER BY
  u.id <> :customerId,
  u.created_at,
  u.id;
