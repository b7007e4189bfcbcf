-- Adds the tenants' rows of this month.
INSERT INTO usage_months (tenant_id, month, ai_answers)
SELECT
  tenant_id,
  utc_month(now()),
  0
FROM (SELECT DISTINCT unnest(:tenantIds::uuid[]) AS tenant_id ORDER BY 1) t
ON CONFLICT DO NOTHING
