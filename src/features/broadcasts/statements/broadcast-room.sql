-- What a tenant's broadcasts take up, and its plan; without a plan the free one's limits hold.
SELECT
  (
    SELECT count(*)::int
    FROM broadcasts
    WHERE tenant_id = :tenantId
      AND state = 'scheduled'
  ) AS scheduled,
  (
    SELECT coalesce(sum(octet_length(content)), 0)::float8
    FROM broadcast_photos
    WHERE tenant_id = :tenantId
  ) AS photo_bytes,
  (
    SELECT plan::text
    FROM active_plans(now())
    WHERE tenant_id = :tenantId
  ) AS plan
