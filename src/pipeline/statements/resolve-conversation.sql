-- Marks a conversation as done: it needs no person any more, and the messages that waited for one count as answered.
-- What the customer writes next opens it again and is the bot's.
WITH done AS (
  UPDATE conversations
  SET
    needs_person_at = NULL,
    needs_person_why = NULL,
    silenced_until = NULL,
    done_at = now()
  WHERE tenant_id = :tenantId AND bot_id = :botId AND id = :conversationId AND connection_id IS NOT NULL
  RETURNING id
),
seen AS (
  UPDATE messages m
  SET status = 'answered'
  FROM done d
  WHERE m.conversation_id = d.id AND m.direction = 'in' AND m.status = 'for_person'
)
SELECT id
FROM done;
