-- Asks for work in conversations with an open message or an unsent reply that have none.
-- No statement leaves such a message behind, but a repair by hand or a restored backup may.
-- What is older than :maxAgeMs stays as it is, because a reply would come too late.
-- Each kind in a branch of its own, so that its partial index is read.
WITH lost AS (
  SELECT
    m.conversation_id,
    m.connection_id,
    min(m.id) AS first_message_id,
    max(m.id) AS newest_message_id
  FROM (
    SELECT id, conversation_id, connection_id, created_at FROM messages WHERE status = 'received'
    UNION ALL
    SELECT id, conversation_id, connection_id, created_at FROM messages WHERE status IN ('pending', 'sending')
  ) m
  WHERE m.connection_id IS NOT NULL
    AND m.created_at < now() - :minAgeMs::int * interval '1 ms'
    AND m.created_at > now() - :maxAgeMs::int * interval '1 ms'
    AND NOT EXISTS (
      SELECT 1
      FROM conversation_work w
      WHERE w.conversation_id = m.conversation_id
    )
  GROUP BY m.conversation_id, m.connection_id
  ORDER BY m.conversation_id
  LIMIT :most::int
), asked AS (
  INSERT INTO conversation_work (conversation_id, connection_id, first_message_id, newest_message_id, burst_since, wake_at)
  SELECT
    conversation_id,
    connection_id,
    first_message_id,
    newest_message_id,
    now(),
    now()
  FROM lost
  ON CONFLICT (conversation_id) DO NOTHING
  RETURNING 1
)
SELECT
  (SELECT count(*) FROM asked)::int AS asked,
  CASE WHEN EXISTS (SELECT 1 FROM asked) THEN pg_notify('botfactory', 'work:') END AS notified
