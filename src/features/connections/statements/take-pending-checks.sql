-- Takes the connections that wait for their check.
-- Taking a row postpones its next turn first, so two processes never check the same one, and a process that dies loses one turn.
UPDATE connections c
SET retry_at = :now::timestamptz + interval '1 minute'
FROM bots b
WHERE b.id = c.bot_id
  AND c.id IN (
    SELECT id
    FROM connections
    WHERE platform = ANY(:kinds::"Platform"[])
      AND enabled
      AND state = 'PENDING'
      AND (retry_at IS NULL OR retry_at <= :now)
    ORDER BY id
    LIMIT 100
    FOR NO KEY UPDATE SKIP LOCKED
  )
RETURNING
  c.id,
  c.tenant_id,
  c.bot_id,
  b.name AS bot_name,
  c.platform,
  c.sealed_secrets,
  c.state_changed_at,
  c.token_expires_at
