-- Writes the state that a poller found. Nothing changes when the lease is lost, when the owner stopped the connection or
-- changed its token, or when the state is already so.
UPDATE connections c
SET
  state = :state::"ConnectionState",
  failure_reason = :reason,
  failure_detail = :detail,
  state_changed_at = now(),
  retry_at = now() + :retryInMs::float8 * interval '1 millisecond',
  display_name = coalesce(:displayName, c.display_name),
  username = coalesce(:username, c.username)
FROM bots b, leases l
WHERE c.id = :connectionId
  AND b.id = c.bot_id
  AND l.connection_id = c.id
  AND l.holder = :holder
  AND l.epoch = :epoch
  AND c.enabled
  AND md5(c.sealed_secrets) = :tokenVersion
  AND (c.state, coalesce(c.failure_reason, ''), coalesce(c.failure_detail, ''))
    IS DISTINCT FROM (:state::"ConnectionState", coalesce(:reason, ''), coalesce(:detail, ''))
RETURNING
  c.tenant_id,
  c.bot_id,
  b.name AS bot_name
