-- Starts one connection of a bot, or without an :id all of them, on the allowed :kinds of channels.
-- A statement, because the new state depends on the old one of each row.
UPDATE connections
SET
  enabled = true,
  failure_reason = NULL,
  failure_detail = NULL,
  retry_at = NULL,
  last_error = NULL,
  last_error_at = NULL,
  state_changed_at = now(),
  state = CASE WHEN enabled AND state = 'ACTIVE' THEN 'ACTIVE' ELSE 'PENDING' END::"ConnectionState"
WHERE tenant_id = :tenantId
  AND bot_id = :botId
  AND (:id::uuid IS NULL OR id = :id)
  -- Without a secret of its own, a connection uses the installation's.
  AND (:granted::boolean OR secret_last4 <> '')
  AND platform = ANY(:kinds::"Platform"[])
RETURNING id
