-- Stores a new session, unless the user's password is no longer the one that was compared. Returns no row then.
-- FOR SHARE waits for a change of the password in progress and compares with the new hash, so no sign-in outlives the change.
WITH owner AS (
  SELECT id
  FROM users
  WHERE
    id = :userId::uuid
    AND encode(sha256(convert_to(password_hash, 'UTF8')), 'hex') = :passwordDigest::text
  FOR SHARE
)
INSERT INTO sessions (
  id_hash,
  user_id,
  data,
  ip,
  user_agent,
  expires_at
)
SELECT
  :idHash,
  owner.id,
  :data::jsonb,
  :ip,
  :userAgent,
  :expiresAt::timestamptz
FROM owner
RETURNING
  id_hash;
