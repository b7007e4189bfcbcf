-- Prolongs a claim before another part goes to the same chat. No row means that the claim is lost.
UPDATE broadcast_recipients
SET
  claimed_at = clock_timestamp()
WHERE
  id = :id
  AND claim = :claim
  AND state = 'sending'
RETURNING
  id;
