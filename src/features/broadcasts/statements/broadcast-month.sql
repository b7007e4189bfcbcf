-- The tenant's plan, and how many recipients of this month are used.
SELECT
  coalesce((SELECT a.plan::text FROM active_plans(now()) a WHERE a.tenant_id = :tenantId), 'FREE') AS plan,
  coalesce(
    (
      SELECT
        u.broadcast_recipients
      FROM
        usage_months u
      WHERE
        u.tenant_id = :tenantId
        AND u.month = utc_month(now())
    ),
    0
  ) AS used;
