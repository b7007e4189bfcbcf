-- The tenant of each open session. Sessions that ended, and users or businesses that are suspended, are left out.
SELECT DISTINCT ON (s.id_hash)
  s.id_hash AS session_key,
  t.id AS tenant_id
FROM sessions s
JOIN users u ON u.id = s.user_id
JOIN memberships m ON m.user_id = u.id
JOIN tenants t ON t.id = m.tenant_id
WHERE
  s.id_hash = ANY(:sessionKeys::text[])
  AND s.expires_at > now()
  AND s.created_at > now() - interval '30 days'
  AND u.suspended_at IS NULL
  AND t.suspended_at IS NULL
ORDER BY
  s.id_hash,
  (m.tenant_id::text = s.data ->> 'tenantId') IS TRUE DESC,
  m.chosen_at DESC NULLS LAST,
  m.created_at;
