-- An open session, at every request that has a session cookie.
SELECT
  data,
  last_seen_at,
  expires_at
FROM sessions
WHERE
  id_hash = :idHash
  AND expires_at > now()
  -- S24: whatever happens, a session ends after 30 days.
  AND created_at > now() - interval '30 days';
