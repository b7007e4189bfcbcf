-- The platform confirmed a connection's credentials for its account. No row: they were changed meanwhile.
UPDATE connections
SET proven_at = coalesce(proven_at, now())
WHERE id = :id
  AND md5(sealed_secrets) = :tokenVersion
  AND enabled
RETURNING id
