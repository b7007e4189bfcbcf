-- Lines older than two years, and those of a business that was deleted 30 days ago: its newest line tells when.
-- In bounded steps; the number of rows tells whether there are more. The trigger of the table refuses any other line by the
-- database's clock, so no line is removed earlier by another clock.
WITH due AS (
  SELECT least(:now::timestamptz, now()) AS now
)
DELETE FROM audit_lines
WHERE id IN (
  SELECT a.id
  FROM audit_lines a
  CROSS JOIN due
  LEFT JOIN tenants t ON t.id = a.tenant_id
  WHERE
    a.created_at < due.now - interval '2 years'
    OR (
      a.tenant_id IS NOT NULL
      AND t.id IS NULL
      AND a.created_at < due.now - interval '30 days'
      AND NOT EXISTS (
        SELECT 1
        FROM audit_lines newer
        WHERE
          newer.tenant_id = a.tenant_id
          AND newer.created_at >= due.now - interval '30 days'
      )
    )
  LIMIT :limit
)
RETURNING
  id;
