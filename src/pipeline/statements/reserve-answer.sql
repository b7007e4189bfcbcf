-- Takes one answer of the month, if there is room. The conflict locks the row, so the comparison sees every count before.
-- A business that has proven nothing yet has :unprovenLimit answers to try its bot out.
-- :now replaces the database's clock; null: it does not.
WITH period AS (
  SELECT
    utc_month(coalesce(:now::timestamptz, now())) AS month,
    least(
      coalesce(p.max_messages, :freeLimit::int),
      CASE WHEN t.proven_at IS NULL THEN :unprovenLimit::int END
    ) AS most,
    coalesce(p.plan, 'FREE') = 'FREE' AS free
  FROM tenants t
  LEFT JOIN active_plans(coalesce(:now, now())) p ON p.tenant_id = t.id
  WHERE t.id = :tenantId::uuid
)
INSERT INTO usage_months AS u (tenant_id, month, ai_answers)
SELECT
  :tenantId,
  month,
  1
FROM period
WHERE most > 0
ON CONFLICT (tenant_id, month) DO UPDATE SET
  ai_answers = u.ai_answers + 1
  WHERE u.ai_answers < (SELECT most FROM period)
    AND NOT EXISTS (
      SELECT
      FROM tenants t
      WHERE t.id = u.tenant_id
        AND u.cost_micro_usd * :usdUzs::float8 >= t.cost_ceiling_uzs * 1000000.0
    )
RETURNING
  u.month::text AS month,
  (SELECT free FROM period) AS free
