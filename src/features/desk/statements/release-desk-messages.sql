-- Messages whose sender died. Telegram may have taken one of them, so that one may come twice.
UPDATE desk_messages
SET state = 'pending'
WHERE state = 'sending'
  AND claimed_at < now() - :claimMs * interval '1 millisecond'
