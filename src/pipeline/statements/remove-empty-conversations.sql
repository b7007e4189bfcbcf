-- Deletes conversations without messages that are older than their bot's retention.
DELETE FROM conversations c
USING bots b
WHERE
  b.id = c.bot_id
  AND b.retention_months IS NOT NULL
  AND c.last_message_at < :now::timestamptz - b.retention_months * interval '1 month'
  AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id);
