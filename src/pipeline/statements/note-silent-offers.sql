-- Makes the question of a "Did you mean …?" open when the customer has not written or pressed since.
-- Only the last hour is read. An offer that was noted before has its row of attention.
WITH silent AS (
  SELECT
    m.id,
    m.tenant_id,
    m.conversation_id,
    m.reply_to_id,
    c.bot_id,
    c.language,
    q.text AS question
  FROM messages m
  JOIN messages q ON q.id = m.reply_to_id
  JOIN conversations c ON c.id = m.conversation_id
  WHERE m.created_at > now() - interval '1 hour'
    AND m.created_at < now() - :waitMs * interval '1 millisecond'
    AND m.direction = 'out'
    AND m.choices #>> '{items,0,id}' LIKE 'entry:%'
    AND m.status IN ('sent', 'delivered', 'read')
    AND m.connection_id IS NOT NULL
    AND q.text <> ''
    AND NOT EXISTS (
      SELECT 1
      FROM messages n
      WHERE n.conversation_id = m.conversation_id
        AND n.id > m.id
    )
),
heard AS (
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, reply_id, kind, question, language)
  SELECT
    tenant_id,
    bot_id,
    conversation_id,
    reply_to_id,
    id,
    'no_answer',
    left(question, 1000),
    language
  FROM silent
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING conversation_id
),
marked AS (
  UPDATE conversations c
  SET
    needs_person_at = coalesce(c.needs_person_at, now()),
    needs_person_why = coalesce(c.needs_person_why, 'no_answer')
  FROM heard h
  WHERE c.id = h.conversation_id
)
SELECT pg_notify('botfactory', 'attention:') AS notified
FROM heard
LIMIT 1
