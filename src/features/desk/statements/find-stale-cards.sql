-- Cards of the last day that show an older state of their conversation.
SELECT
  c.id,
  c.kind,
  c.tenant_id,
  c.conversation_id,
  c.message_id,
  c.content,
  c.tries,
  c.telegram_id,
  c.closed_at,
  c.created_at,
  v.version,
  l.id AS link_id,
  l.chat_id,
  l.account_id,
  l.quiet_from,
  l.quiet_until,
  l.user_id,
  u.language,
  t.time_zone,
  n.id AS connection_id,
  n.sealed_secrets,
  NULL::bigint AS under_telegram_id
FROM desk_messages c
CROSS JOIN LATERAL (
  SELECT desk_card_version(c) || coalesce('|' || (c.content ->> 'again'), '') AS version
) v
JOIN desk_links l ON l.id = c.link_id
JOIN users u ON u.id = l.user_id
JOIN tenants t ON t.id = l.tenant_id
LEFT JOIN connections n ON n.id = l.connection_id
WHERE c.kind = 'card'
  AND c.state = 'sent'
  AND c.created_at > now() - interval '1 day'
  AND c.shown IS DISTINCT FROM v.version
  AND u.suspended_at IS NULL
  AND t.suspended_at IS NULL
ORDER BY c.created_at
LIMIT :size
