-- Leases of each process, held or expired. Prisma cannot group by an expression.
SELECT
  holder AS name,
  CASE WHEN expires_at > now() THEN 'held' ELSE 'expired' END AS state,
  count(*) AS count
FROM leases
WHERE holder <> ''
GROUP BY 1, 2
ORDER BY count DESC
LIMIT 20;
