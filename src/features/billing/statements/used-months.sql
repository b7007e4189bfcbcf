-- Tenants that passed 50, 75, 90 or 100 percent of this UTC month's answers and were not told yet. A report over all tenants.
WITH counted AS (
  SELECT
    u.tenant_id,
    u.month::text AS month,
    u.ai_answers AS used,
    u.noticed_percent,
    coalesce(p.max_messages, :freeMaxMessages::int) AS "limit"
  FROM usage_months u
  LEFT JOIN active_plans(:now::timestamptz) p ON p.tenant_id = u.tenant_id
  WHERE
    u.month = utc_month(:now)
    AND u.ai_answers > 0
),
reached AS (
  SELECT
    *,
    CASE
      WHEN used >= "limit" THEN 100
      WHEN used * 100 >= "limit" * 90 THEN 90
      WHEN used * 100 >= "limit" * 75 THEN 75
      WHEN used * 100 >= "limit" * 50 THEN 50
      ELSE 0
    END AS percent
  FROM counted
)
SELECT
  tenant_id,
  month,
  percent,
  used,
  "limit"
FROM reached
WHERE
  percent > noticed_percent
  AND "limit" > 0
LIMIT 1000;
