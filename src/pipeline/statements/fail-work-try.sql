-- Gives work back after a failed try.
UPDATE conversation_work
SET
  state = 'ready',
  tries = tries + 1,
  wake_at = now() + :delayMs::int * interval '1 ms',
  heartbeat_at = NULL
WHERE conversation_id = :conversationId
  AND epoch = :epoch
  AND state = 'claimed'
