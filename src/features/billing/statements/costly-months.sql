-- Tenants whose cost of this UTC month passed 80 or 100 percent of their ceiling and were not told yet.
-- A report over the tenants that set a ceiling.
WITH spent AS (
  SELECT
    u.tenant_id,
    u.month::text AS month,
    u.cost_noticed_percent AS noticed,
    u.cost_micro_usd * :usdUzs::float8 / 1000000 AS cost_uzs,
    t.cost_ceiling_uzs AS ceiling_uzs
  FROM tenants t
  JOIN usage_months u ON u.tenant_id = t.id
  WHERE
    u.month = utc_month(:now::timestamptz)
    AND t.cost_ceiling_uzs IS NOT NULL
    AND t.suspended_at IS NULL
),
reached AS (
  SELECT
    *,
    CASE
      WHEN cost_uzs >= ceiling_uzs THEN 100
      WHEN cost_uzs >= ceiling_uzs * 0.8 THEN 80
      ELSE 0
    END AS percent
  FROM spent
)
SELECT
  tenant_id,
  month,
  percent,
  cost_uzs,
  ceiling_uzs
FROM reached
WHERE percent > noticed
LIMIT 1000;
