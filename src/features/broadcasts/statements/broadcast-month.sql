-- The tenant's plan, and how many recipients of this month are used.
SELECT
  coalesce(
    (
      SELECT
        s.type::text
      FROM
        subscriptions s
      WHERE
        s.tenant_id = :tenantId
        AND s.active
        AND (s.ends_at IS NULL OR s.ends_at > now())
    ),
    'FREE'
  ) AS plan,
  coalesce(
    (
      SELECT
        u.broadcast_recipients
      FROM
        usage_months u
      WHERE
        u.tenant_id = :tenantId
        AND u.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date
    ),
    0
  ) AS used;
