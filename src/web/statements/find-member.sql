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
  t.time_zone,
  (
    SELECT json_agg(json_build_object('id', other.id, 'name', other.name) ORDER BY other.name, other.id)
    FROM memberships all_of_them
    JOIN tenants other ON other.id = all_of_them.tenant_id
    WHERE
      all_of_them.user_id = u.id
      AND other.suspended_at IS NULL
  ) AS businesses
FROM users u
JOIN memberships m ON m.user_id = u.id
JOIN tenants t ON t.id = m.tenant_id
WHERE
  u.id = :userId::uuid
  AND u.suspended_at IS NULL
  AND t.suspended_at IS NULL
ORDER BY
  (m.tenant_id = :tenantId::uuid) IS TRUE DESC,
  m.chosen_at DESC NULLS LAST,
  m.created_at
LIMIT 1;
