-- Replies and jobs of each queue by their state. The table of jobs is pg-boss's own and unknown to Prisma.
SELECT
  'reply' AS name,
  state::text AS state,
  count(*) AS count
FROM conversation_work
GROUP BY state
UNION ALL
SELECT
  name,
  state::text,
  count(*)
FROM pgboss.job
WHERE state IN ('created', 'retry', 'active', 'failed')
GROUP BY
  name,
  state
ORDER BY
  1,
  2;
