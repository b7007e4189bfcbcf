-- See entry-states.sql. Vectors of another model or size are left out.
SELECT
  entry_id AS id,
  xmin::text AS stamp
FROM entry_vectors
WHERE
  tenant_id = :tenantId::uuid
  AND bot_id = :botId::uuid
  AND vectors IS NOT NULL
  AND model = :model::text
  AND dimensions = :dimensions::int;
