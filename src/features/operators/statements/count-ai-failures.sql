-- AI failures of the last 24 hours by reason. A report over messages of all tenants, by the index on created_at.
SELECT
  reason AS name,
  'day' AS state,
  count(*) AS count
FROM messages
WHERE
  direction = 'out'
  AND reason = ANY(:failures::text[])
  AND created_at > :now::timestamptz - interval '1 day'
GROUP BY reason
ORDER BY count DESC;
