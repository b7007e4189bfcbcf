-- An open session, at every request that has a session cookie.
SELECT
  data,
  last_seen_at,
  expires_at
FROM sessions
WHERE
  id_hash = :idHash
  AND expires_at > now();
