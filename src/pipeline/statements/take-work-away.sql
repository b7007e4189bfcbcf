-- Takes a conversation from the worker that composes the bot's reply, because a person answers now. The worker's writes change
-- nothing then. A reply that is being sent, or a staff reply that waits for it, leaves it to the worker, because the outcome
-- must be recorded.
UPDATE conversation_work w
SET
  state = 'ready',
  epoch = nextval('conversation_work_epoch_seq'),
  wake_at = now(),
  heartbeat_at = NULL
WHERE w.conversation_id = :conversationId
  AND w.state = 'claimed'
  AND NOT EXISTS (
    SELECT 1
    FROM (
      SELECT status, mode
      FROM messages
      WHERE conversation_id = :conversationId
        AND direction = 'out'
      ORDER BY id DESC
      LIMIT 100
    ) o
    WHERE o.status = 'sending' OR (o.status = 'pending' AND o.mode = 'person')
  )
