-- Paid plans whose end is within 7 days or past, and whose owner was not told of this step yet. A report over all tenants.
SELECT
  id,
  tenant_id,
  type,
  ends_at,
  days
FROM (
  SELECT
    id,
    tenant_id,
    type,
    ends_at,
    noticed_days,
    CASE
      WHEN ends_at <= :now::timestamptz THEN 0
      WHEN ends_at <= :now::timestamptz + interval '1 day' THEN 1
      WHEN ends_at <= :now::timestamptz + interval '3 days' THEN 3
      ELSE 7
    END AS days
  FROM subscriptions
  WHERE
    active
    AND type <> 'FREE'
    AND ends_at <= :now::timestamptz + interval '7 days'
) ending
WHERE noticed_days IS NULL OR noticed_days > days
ORDER BY ends_at
LIMIT 1000;
