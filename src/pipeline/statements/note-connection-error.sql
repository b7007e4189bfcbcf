-- Shows on the connection's health card why sending fails for all of its customers.
UPDATE connections
SET
  last_error = :reason,
  last_error_at = now()
WHERE id = :connectionId
