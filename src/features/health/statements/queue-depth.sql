-- Waiting and running work for the metrics: replies by conversation, and the jobs of each queue.
SELECT
  'reply' AS name,
  state::text AS state,
  count(*)::int AS jobs
FROM conversation_work
GROUP BY state
UNION ALL
SELECT
  name,
  state::text,
  count(*)::int
FROM pgboss.job
WHERE state IN ('created', 'retry', 'active')
GROUP BY
  name,
  state;
