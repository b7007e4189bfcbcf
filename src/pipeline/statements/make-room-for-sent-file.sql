-- Drops the oldest files of a business that were sent more than a day ago, until :size more bytes fit into :most.
-- A statement, since the running total needs a window.
WITH totals AS (
  SELECT
    id,
    size,
    created_at,
    sum(size) OVER (ORDER BY created_at DESC, id DESC) AS total
  FROM sent_files
  WHERE tenant_id = :tenantId
), dropped AS (
  DELETE FROM sent_files
  WHERE id IN (
    SELECT id
    FROM totals
    WHERE total + :size::int > :most::bigint
      AND created_at < now() - interval '1 day'
  )
  RETURNING size
)
SELECT
  (SELECT coalesce(sum(size), 0) FROM totals)
    - (SELECT coalesce(sum(size), 0) FROM dropped)
    + :size::int <= :most::bigint AS fits
