-- The platform's handshake names no account, so it verifies all connections of the platform.
UPDATE connections
SET verified_at = now()
WHERE platform = :platform::"Platform"
  AND verified_at IS NULL
