-- The desks in a private chat, with the member each stands for. The member's rights are read at every use.
SELECT
  l.id,
  l.tenant_id,
  l.user_id,
  l.connection_id,
  l.mode,
  CASE WHEN l.expects_until > now() THEN l.expects END AS expects,
  CASE WHEN l.expects_until > now() THEN l.expects_for END AS expects_for,
  m.role::text AS role,
  u.username,
  u.language,
  t.name AS tenant_name,
  t.time_zone
FROM desk_links l
JOIN memberships m ON m.tenant_id = l.tenant_id AND m.user_id = l.user_id
JOIN users u ON u.id = l.user_id
JOIN tenants t ON t.id = l.tenant_id
WHERE l.account_id = :accountId
  AND l.chat_id = :chatId
  AND u.suspended_at IS NULL
  AND t.suspended_at IS NULL
ORDER BY l.created_at, l.id
