-- Gives work back until later. It is no failed try.
UPDATE conversation_work
SET
  state = 'ready',
  wake_at = greatest(wake_at, now() + :delayMs::int * interval '1 ms'),
  heartbeat_at = NULL
WHERE conversation_id = :conversationId
  AND epoch = :epoch
  AND state = 'claimed'
