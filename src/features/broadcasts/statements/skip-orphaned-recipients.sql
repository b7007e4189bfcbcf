-- A deleted connection takes its customers along: recipients queued on it have nobody to go to.
UPDATE broadcast_recipients r
SET
  state = 'skipped',
  reason = 'connection_off'
WHERE
  r.broadcast_id = :id
  AND r.state = 'queued'
  AND NOT EXISTS (SELECT 1 FROM connections n WHERE n.id = r.connection_id);
