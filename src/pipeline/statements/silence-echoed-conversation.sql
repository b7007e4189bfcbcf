-- Silences the bot in the conversation of an echo, and adds the conversation when it is missing.
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
  silenced_until = greatest(c.silenced_until, excluded.silenced_until),
  last_message_at = now(),
  needs_person_at = NULL,
  needs_person_why = NULL
RETURNING id
