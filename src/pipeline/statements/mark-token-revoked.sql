-- The platform refuses the connection's token. A row: it was not known yet.
UPDATE connections
SET
  state = 'FAILED',
  failure_reason = 'token_revoked',
  state_changed_at = now(),
  retry_at = NULL
WHERE id = :connectionId
  AND sealed_secrets = :sealedSecrets
  AND enabled
  AND failure_reason IS DISTINCT FROM 'token_revoked'
RETURNING id
