-- Removes the oldest revisions of businesses whose revisions take more than their room. The sizes need no decompression.
WITH full_tenants AS (
  SELECT tenant_id
  FROM revisions
  GROUP BY tenant_id
  HAVING sum(coalesce(pg_column_size(content), 0) + :rowBytes::int) > :maxBytes::bigint
),
newest AS (
  SELECT
    id,
    sum(coalesce(pg_column_size(content), 0) + :rowBytes::int) OVER (PARTITION BY tenant_id ORDER BY id DESC) AS bytes
  FROM revisions
  WHERE tenant_id IN (SELECT tenant_id FROM full_tenants)
)
DELETE FROM revisions
WHERE id IN (
  SELECT id
  FROM newest
  WHERE bytes > :maxBytes::bigint
  ORDER BY id
  LIMIT :most::int
);
