-- Waiting and running jobs of each queue, for the metrics.
SELECT
  name,
  state::text AS state,
  count(*)::int AS jobs
FROM pgboss.job
WHERE state IN ('created', 'retry', 'active')
GROUP BY
  name,
  state;
