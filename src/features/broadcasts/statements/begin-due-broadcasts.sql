-- Scheduled broadcasts whose time has come are prepared from now on.
UPDATE broadcasts
SET
  state = 'preparing'
WHERE
  state = 'scheduled'
  AND scheduled_at <= now();
