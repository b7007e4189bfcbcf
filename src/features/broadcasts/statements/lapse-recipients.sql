-- Recipients that have been in sending for :afterMs belong to a dead process. Whether they got the message is not known.
UPDATE broadcast_recipients
SET
  state = 'unconfirmed',
  reason = 'interrupted'
WHERE
  state = 'sending'
  AND claimed_at <= clock_timestamp() - :afterMs::int * interval '1 ms';
