-- Writes the outcome of a check, unless the owner changed the connection meanwhile.
UPDATE connections
SET
  state = :state::"ConnectionState",
  failure_reason = :reason,
  retry_at = :retryAt,
  state_changed_at = CASE WHEN state = :state::"ConnectionState" THEN state_changed_at ELSE now() END,
  account_id = coalesce(:accountId, account_id),
  display_name = coalesce(:displayName, display_name),
  username = coalesce(:username, username)
WHERE id = :id
  AND sealed_secrets = :sealedSecrets
  AND enabled
RETURNING id
