-- Who wrote in a group, by its newest messages: a platform does not tell who else is in it. The last writer first.
SELECT
  u.id,
  coalesce(nullif(trim(concat_ws(' ', u.first_name, u.last_name)), ''), u.username, u.platform_user_id) AS name,
  u.username,
  max(m.created_at) AS last_wrote_at
FROM (
  SELECT
    id,
    customer_id,
    created_at
  FROM messages
  WHERE tenant_id = :tenantId
    AND conversation_id = :conversationId
    AND direction = 'in'
  ORDER BY id DESC
  LIMIT :messages
) m
JOIN customers u ON u.id = m.customer_id
GROUP BY u.id
ORDER BY max(m.id) DESC
LIMIT :size
