-- New credentials; the connection starts again. Another account is accepted only before the first customer has written, since
-- message ids and chats belong to the account they came through.
-- A statement, because what is kept depends on the old values.
UPDATE connections
SET
  account_id = :accountId,
  display_name = coalesce(:displayName, display_name),
  username = coalesce(:username, username),
  sealed_secrets = :sealedSecrets,
  secret_last4 = :secretLast4,
  failure_reason = :failureReason,
  failure_detail = NULL,
  retry_at = :retryAt,
  state_changed_at = now(),
  state = CASE WHEN NOT enabled THEN 'INACTIVE' ELSE :state END::"ConnectionState",
  subscribed_at = NULL,
  last_error = NULL,
  last_error_at = NULL,
  proven_at = CASE WHEN :proven::boolean THEN now() WHEN account_id = :accountId THEN proven_at END,
  token_renew_at = coalesce(:tokenRenewAt, token_renew_at),
  token_expires_at = CASE WHEN :tokenRenewAt::timestamptz IS NULL THEN token_expires_at END
WHERE tenant_id = :tenantId
  AND bot_id = :botId
  AND id = :id
  AND (account_id = :accountId OR first_message_at IS NULL)
RETURNING id
