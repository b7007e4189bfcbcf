-- Silences the bot in the conversation of an echo, and adds the conversation when it is missing.
-- A higher epoch locks out the worker that composes the bot's reply. A reply that is being sent, or a staff reply that waits
-- for it, keeps the epoch, because its outcome must be recorded.
INSERT INTO conversations AS c (id, tenant_id, bot_id, connection_id, customer_id, chat_id, silenced_until)
VALUES (
  :id,
  :tenantId,
  :botId,
  :connectionId,
  :customerId,
  :chatId,
  now() + :silenceMinutes * interval '1 minute'
)
ON CONFLICT (connection_id, chat_id) DO UPDATE SET
  silenced_until = excluded.silenced_until,
  last_message_at = now(),
  needs_person_at = NULL,
  needs_person_why = NULL,
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
RETURNING id
