-- The tenant's answers of the month against its plan. :now replaces the database's clock; null: it does not.
WITH period AS (
  SELECT date_trunc('month', coalesce(:now::timestamptz, now()) AT TIME ZONE 'UTC') AS start
)
SELECT
  coalesce(s.plan::text, 'FREE') AS plan,
  coalesce(u.ai_answers, 0) AS used,
  coalesce(s.max_messages, :freeLimit::int) AS "limit",
  (p.start + interval '1 month') AT TIME ZONE 'UTC' AS resets_at
FROM period p
LEFT JOIN active_plans(coalesce(:now, now())) s ON s.tenant_id = :tenantId::uuid
LEFT JOIN usage_months u ON u.tenant_id = :tenantId AND u.month = p.start::date
