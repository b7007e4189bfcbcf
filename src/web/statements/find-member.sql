-- The member a user id stands for, at every request of a signed-in person. One statement in place of Prisma's three.
SELECT
  u.id,
  u.username,
  u.email,
  u.language,
  u.is_admin,
  m.role::text AS role,
  t.id AS tenant_id,
  t.name AS tenant_name,
  t.time_zone
FROM users u
JOIN memberships m ON m.user_id = u.id
JOIN tenants t ON t.id = m.tenant_id
WHERE
  u.id = :userId::uuid
  AND u.suspended_at IS NULL
  AND t.suspended_at IS NULL
ORDER BY m.created_at
LIMIT 1;
