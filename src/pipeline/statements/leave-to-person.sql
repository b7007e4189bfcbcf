-- Leaves the messages that the bot has not answered to a person.
WITH left_open AS (
  UPDATE messages
  SET status = 'for_person'
  WHERE conversation_id = :conversationId
    AND direction = 'in'
    AND status = 'received'
  RETURNING id, kind, text
), noted AS (
  UPDATE conversations
  SET
    needs_person_at = coalesce(needs_person_at, now()),
    needs_person_why = coalesce(needs_person_why, 'wrote')
  WHERE id = :conversationId
    AND EXISTS (SELECT 1 FROM left_open)
  RETURNING id, tenant_id, bot_id, language
), heard AS (
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, kind, question, language)
  SELECT
    n.tenant_id,
    n.bot_id,
    n.id,
    l.id,
    'wrote',
    left(l.text, 1000),
    n.language
  FROM left_open l, noted n
  WHERE l.kind <> 'command'
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING 1
)
SELECT CASE WHEN EXISTS (SELECT 1 FROM heard) THEN pg_notify('botfactory', 'attention:') END AS notified
FROM left_open
