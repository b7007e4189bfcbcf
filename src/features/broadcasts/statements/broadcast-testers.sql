-- The last customers who wrote in private: the owner is probably among them, and a test message can go to them.
SELECT
  c.id,
  coalesce(
    nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''),
    '@' || c.username,
    c.platform_user_id
  ) AS name,
  n.platform
FROM
  (
    SELECT
      *
    FROM
      conversations
    WHERE
      tenant_id = :tenantId
      AND bot_id = :botId
      AND connection_id IS NOT NULL
      AND NOT is_group
    ORDER BY
      last_message_at DESC
    LIMIT :size
  ) v
  JOIN connections n ON n.id = v.connection_id
  JOIN customers c ON c.connection_id = v.connection_id AND c.platform_user_id = v.chat_id
WHERE
  c.unreachable_at IS NULL
ORDER BY
  v.last_message_at DESC;
