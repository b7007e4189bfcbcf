-- Nothing is sent on the connection for :ms, by any process.
UPDATE send_rates
SET
  next_at = greatest(next_at, clock_timestamp() + :ms::int * interval '1 ms')
WHERE
  connection_id = :connectionId;
