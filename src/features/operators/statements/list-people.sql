-- One page of users with their business, newest first. Ids rise with time, so they are the order and the cursor.
-- A report: it filters by the plan in force. Counts are looked up for the lines of the page only.
WITH page AS (
  SELECT
    u.id,
    u.username,
    u.email,
    u.is_admin,
    u.suspended_at IS NOT NULL OR t.suspended_at IS NOT NULL AS suspended,
    m.role,
    t.id AS tenant_id,
    t.name AS tenant_name,
    u.created_at,
    coalesce(p.plan::text, 'FREE') AS plan
  FROM users u
  LEFT JOIN LATERAL (
    SELECT
      tenant_id,
      role
    FROM memberships
    WHERE user_id = u.id
    ORDER BY created_at
    LIMIT 1
  ) m ON true
  LEFT JOIN tenants t ON t.id = m.tenant_id
  LEFT JOIN active_plans(now()) p ON p.tenant_id = t.id
  WHERE
    (:pattern = '' OR u.username ILIKE :pattern OR u.email ILIKE :pattern OR t.name ILIKE :pattern)
    AND (:plan::text IS NULL OR coalesce(p.plan::text, 'FREE') = :plan)
    AND CASE :state
      WHEN 'admin' THEN u.is_admin
      WHEN 'suspended' THEN u.suspended_at IS NOT NULL OR t.suspended_at IS NOT NULL
      WHEN 'active' THEN u.suspended_at IS NULL AND t.suspended_at IS NULL
      ELSE true
    END
    AND (:after::uuid IS NULL OR u.id < :after)
  ORDER BY u.id DESC
  LIMIT :limit
)
SELECT
  page.*,
  (SELECT count(*) FROM bots WHERE tenant_id = page.tenant_id) AS bot_count,
  coalesce(usage.ai_answers, 0) AS used
FROM page
LEFT JOIN usage_months usage
  ON usage.tenant_id = page.tenant_id
  AND usage.month = utc_month(now())
ORDER BY page.id DESC;
