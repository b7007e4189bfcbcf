-- Silences the bot in a conversation whose row is locked.
-- A higher epoch locks out the worker that composes the bot's reply. A reply that is being sent, or a staff reply that waits
-- for it, keeps the epoch, because its outcome must be recorded.
UPDATE conversations c
SET
  silenced_until = greatest(c.silenced_until, now() + :silenceMinutes * interval '1 minute'),
  work_epoch = c.work_epoch + CASE
    WHEN EXISTS (
      SELECT 1
      FROM (
        SELECT status, mode
        FROM messages
        WHERE conversation_id = c.id
          AND direction = 'out'
        ORDER BY id DESC
        LIMIT 100
      ) o
      WHERE o.status = 'sending' OR (o.status = 'pending' AND o.mode = 'person')
    ) THEN 0
    ELSE 1
  END
WHERE c.id = :conversationId
