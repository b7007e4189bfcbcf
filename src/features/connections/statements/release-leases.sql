-- Releases leases of a holder: the given ones, or all. The row stays, so that the epoch keeps rising.
UPDATE leases
SET
  holder = '',
  expires_at = now()
WHERE holder = :holder
  AND (:connectionIds::uuid[] IS NULL OR connection_id = ANY(:connectionIds))
