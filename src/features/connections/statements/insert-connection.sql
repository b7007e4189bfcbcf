-- Adds a connection. The handshake of the installation's own app counts for every connection that shares the app.
INSERT INTO connections (
  id,
  tenant_id,
  bot_id,
  platform,
  account_id,
  display_name,
  username,
  sealed_secrets,
  secret_last4,
  failure_reason,
  retry_at,
  state,
  verified_at,
  token_renew_at
)
VALUES (
  :id,
  :tenantId,
  :botId,
  :platform::"Platform",
  :accountId,
  :displayName,
  :username,
  :sealedSecrets,
  :secretLast4,
  :failureReason,
  :retryAt,
  :state::"ConnectionState",
  CASE WHEN :sharesApp
    THEN (SELECT max(verified_at) FROM connections WHERE platform = :platform::"Platform")
  END,
  :tokenRenewAt
)
