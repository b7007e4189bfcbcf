-- The head of a conversation's page. :botId null finds it under any bot of the tenant.
SELECT
  c.id,
  c.bot_id,
  c.connection_id,
  CASE WHEN NOT c.is_group THEN c.customer_id END AS customer_id,
  b.name AS bot_name,
  n.platform,
  coalesce(c.chat_title, nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '')) AS customer_name,
  CASE WHEN NOT c.is_group THEN u.username END AS username,
  c.needs_person_at,
  c.needs_person_why,
  c.last_message_at,
  c.done_at,
  CASE WHEN c.silenced_until > now() THEN c.silenced_until END AS silenced_until,
  c.language,
  c.language_chosen,
  c.is_group,
  CASE WHEN c.is_group THEN c.unreachable_at ELSE u.unreachable_at END AS unreachable_at,
  c.source,
  c.created_at,
  n.enabled AND n.failure_reason IS DISTINCT FROM 'plan_limit' AS connection_on,
  last_written_at(c.id) AS last_customer_message_at
FROM
  conversations c
  JOIN bots b ON b.id = c.bot_id
  JOIN connections n ON n.id = c.connection_id
  LEFT JOIN customers u ON u.id = c.customer_id
WHERE
  c.tenant_id = :tenantId
  AND (:botId::uuid IS NULL OR c.bot_id = :botId)
  AND c.id = :id;
