-- Renews every lease of a holder. All of them are returned as one JSON value, since a thousand rows every five seconds would
-- be the largest cost of an idle process.
WITH kept AS (
  UPDATE leases
  SET expires_at = now() + :leaseMs * interval '1 millisecond'
  WHERE holder = :holder
  RETURNING connection_id, epoch
)
SELECT coalesce(json_object_agg(connection_id, epoch), '{}') AS kept
FROM kept
