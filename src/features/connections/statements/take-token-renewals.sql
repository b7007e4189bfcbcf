-- Takes the connections whose token is due for renewal. Stopped ones too: the token must live when the owner starts them again.
-- Taking a row postpones its next turn first, so two processes never check the same one, and a process that dies loses one turn.
UPDATE connections c
SET token_renew_at = :now::timestamptz + interval '1 hour'
FROM bots b
WHERE b.id = c.bot_id
  AND c.id IN (
    SELECT id
    FROM connections
    WHERE platform = ANY(:kinds::"Platform"[])
      AND state IN ('ACTIVE', 'INACTIVE')
      AND token_renew_at <= :now
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
