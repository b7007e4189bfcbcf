-- The conversations of a business in which a message, the customer's name or the group's title has all the words, those with the
-- newest message first. message_id: the newest message that has them. :since bounds the messages that are looked at.
WITH matches AS (
  SELECT
    conversation_id,
    max(id) AS message_id
  FROM messages
  WHERE
    tenant_id = :tenantId
    AND status NOT IN ('received', 'pending', 'sending')
    AND search_words(tenant_id, text || ' ' || coalesce(media_text, '')) @@ search_query(:tenantId, :q)
    AND created_at >= coalesce(:since::timestamptz, '-infinity')
  GROUP BY conversation_id
),
named AS (
  SELECT v.id AS conversation_id
  FROM (
    -- Of a name that very many have, the newest customers.
    SELECT id
    FROM customers
    WHERE
      tenant_id = :tenantId
      AND search_parts(tenant_id, customer_names(first_name, last_name, username, platform_user_id, other_id))
        @@ search_query(:tenantId, :q)
    ORDER BY id DESC
    LIMIT :most
  ) u
  JOIN conversations v ON v.customer_id = u.id AND NOT v.is_group
  UNION ALL
  SELECT id
  FROM conversations
  WHERE
    tenant_id = :tenantId
    AND chat_title IS NOT NULL
    AND search_parts(tenant_id, chat_title) @@ search_query(:tenantId, :q)
)
SELECT
  v.id,
  f.message_id
FROM (
  SELECT
    conversation_id,
    max(message_id) AS message_id
  FROM (
    SELECT conversation_id, message_id FROM matches
    UNION ALL
    SELECT conversation_id, NULL FROM named
  ) both_kinds
  GROUP BY conversation_id
) f
JOIN conversations v ON v.id = f.conversation_id
WHERE
  v.tenant_id = :tenantId
  AND v.connection_id IS NOT NULL
ORDER BY
  v.last_message_at DESC,
  v.id DESC
LIMIT :most;
