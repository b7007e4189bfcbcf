-- Notes a signed delivery, at most once a minute. A delivery also proves what the handshake would prove.
UPDATE connections
SET
  last_inbound_at = now(),
  verified_at = coalesce(verified_at, now())
WHERE id = ANY(:ids)
  AND coalesce(last_inbound_at < now() - interval '1 minute', true)
