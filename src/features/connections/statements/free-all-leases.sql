-- Frees the leases of all holders. An expired lease keeps its time: it tells since when nobody polled.
UPDATE leases
SET
  holder = '',
  expires_at = least(expires_at, now())
