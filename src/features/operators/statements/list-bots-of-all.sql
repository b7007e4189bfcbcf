-- One page of all tenants' bots, newest first. A report, since Prisma would read every conversation to find the latest.
-- Counts are looked up for the lines of the page only.
WITH page AS (
  SELECT
    b.id,
    b.name,
    b.tenant_id,
    t.name AS tenant_name,
    b.created_at
  FROM bots b
  JOIN tenants t ON t.id = b.tenant_id
  WHERE
    (
      :pattern = ''
      OR b.name ILIKE :pattern
      OR t.name ILIKE :pattern
      OR EXISTS (SELECT 1 FROM connections c WHERE c.bot_id = b.id AND c.username ILIKE :pattern)
    )
    AND CASE :state
      WHEN 'active' THEN EXISTS (SELECT 1 FROM connections c WHERE c.bot_id = b.id AND c.enabled AND c.state = 'ACTIVE')
      WHEN 'failed' THEN EXISTS (SELECT 1 FROM connections c WHERE c.bot_id = b.id AND c.state = 'FAILED')
      WHEN 'stopped' THEN NOT EXISTS (SELECT 1 FROM connections c WHERE c.bot_id = b.id AND c.enabled)
      ELSE true
    END
    AND (:tenantId::uuid IS NULL OR b.tenant_id = :tenantId)
    AND (:after::uuid IS NULL OR b.id < :after)
  ORDER BY b.id DESC
  LIMIT :limit
)
SELECT
  page.*,
  (
    SELECT m.user_id
    FROM memberships m
    WHERE m.tenant_id = page.tenant_id AND m.role = 'owner'
    ORDER BY m.created_at
    LIMIT 1
  ) AS owner_id,
  (SELECT count(*) FROM knowledge_entries WHERE bot_id = page.id) AS entries,
  (SELECT max(last_message_at) FROM conversations WHERE bot_id = page.id AND connection_id IS NOT NULL) AS last_message_at,
  coalesce(
    (
      SELECT
        json_agg(
          json_build_object(
            'platform', platform,
            'username', username,
            'state', state,
            'enabled', enabled,
            'reason', failure_reason
          )
          ORDER BY id
        )
      FROM connections
      WHERE bot_id = page.id
    ),
    '[]'
  ) AS connections
FROM page
ORDER BY page.id DESC;
