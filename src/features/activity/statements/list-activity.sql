-- Lines of the activity log with today's names, newest first. A report: it searches in names that lines refer to without
-- a foreign key, which Prisma cannot join. Null or an empty pattern: not filtered by it.
-- meantActions are the actions whose sentences contain the searched text in the reader's language.
SELECT
  a.id,
  a.created_at,
  a.actor_kind,
  a.actor_id,
  u.username AS actor_name,
  a.action,
  a.tenant_id,
  t.name AS tenant_name,
  a.target_type,
  a.target_id,
  a.details,
  a.ip
FROM audit_lines a
LEFT JOIN users u ON u.id = a.actor_id
LEFT JOIN tenants t ON t.id = a.tenant_id
WHERE
  (
    :pattern = ''
    OR a.action ILIKE :pattern
    OR a.ip ILIKE :pattern
    OR u.username ILIKE :pattern
    OR t.name ILIKE :pattern
    OR a.target_id ILIKE :pattern
    OR a.action = ANY(:meantActions::text[])
  )
  AND (:actorKind::text IS NULL OR a.actor_kind = :actorKind)
  AND (:tenantId::uuid IS NULL OR a.tenant_id = :tenantId)
  AND (:before::bigint IS NULL OR a.id < :before)
  AND (:from::timestamptz IS NULL OR a.created_at >= :from)
  AND (:until::timestamptz IS NULL OR a.created_at < :until)
  AND (:actions::text[] IS NULL OR a.action = ANY(:actions))
ORDER BY a.id DESC
LIMIT :limit;
