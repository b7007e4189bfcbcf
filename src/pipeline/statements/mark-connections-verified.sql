-- A handshake with a connection's own token verifies that one. With the installation's (:connectionId null) it names no account,
-- so it verifies all connections of the platform.
UPDATE connections
SET verified_at = now()
WHERE platform = :platform::"Platform"
  AND (:connectionId::uuid IS NULL OR id = :connectionId)
  AND verified_at IS NULL
