-- Marks the messages of work that is given up as failed. unsettled-messages.sql has the same condition.
-- A person hears of the last question that stays without an answer.
WITH failed AS (
  UPDATE messages m
  SET
    status = 'failed',
    reason = 'rejected'
  FROM conversation_work w
  WHERE w.conversation_id = :conversationId
    AND w.epoch = :epoch
    AND m.conversation_id = w.conversation_id
    AND (
      (m.direction = 'in' AND m.status = 'received' AND m.id <= w.tried_message_id)
      OR (
        m.direction = 'out'
        AND m.status IN ('pending', 'sending')
        AND m.id >= w.first_message_id
        AND (m.mode <> 'person' OR m.id <= w.tried_message_id)
      )
    )
  RETURNING m.id, m.direction, m.reply_to_id
), question AS (
  SELECT
    c.tenant_id,
    c.bot_id,
    c.id AS conversation_id,
    c.language,
    q.id,
    q.text,
    (SELECT f.id FROM failed f WHERE f.reply_to_id = q.id) AS reply_id
  FROM messages q
  JOIN conversations c ON c.id = q.conversation_id
  WHERE q.id IN (SELECT CASE direction WHEN 'in' THEN id ELSE reply_to_id END FROM failed)
    AND q.kind <> 'command'
  ORDER BY q.id DESC
  LIMIT 1
), heard AS (
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, reply_id, kind, question, language)
  SELECT
    tenant_id,
    bot_id,
    conversation_id,
    id,
    reply_id,
    'failed',
    left(text, 1000),
    language
  FROM question
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING 1
)
SELECT pg_notify('botfactory', 'attention:') AS notified
WHERE EXISTS (SELECT 1 FROM heard)
