-- Stores a session. One statement, since two requests of the same session may save at once.
INSERT INTO sessions (
  id_hash,
  user_id,
  data,
  ip,
  user_agent,
  expires_at
)
VALUES (
  :idHash,
  :userId::uuid,
  :data::jsonb,
  :ip,
  :userAgent,
  :expiresAt::timestamptz
)
ON CONFLICT (id_hash) DO UPDATE
SET
  user_id = excluded.user_id,
  data = excluded.data,
  ip = excluded.ip,
  user_agent = excluded.user_agent,
  last_seen_at = now(),
  expires_at = excluded.expires_at;
