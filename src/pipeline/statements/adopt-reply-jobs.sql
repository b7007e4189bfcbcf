-- Moves the reply jobs of version 0.1.0, which queued replies in pg-boss. A job that a process of that version works on stays,
-- until its heartbeat is lost. It goes together with conversations.work_epoch.
WITH job AS (
  DELETE FROM pgboss.job
  WHERE name = 'reply'
    AND (
      state IN ('created', 'retry', 'failed')
      OR (state = 'active' AND heartbeat_on + heartbeat_seconds * interval '1 second' < now())
    )
  RETURNING data
), adopted AS (
  INSERT INTO conversation_work AS w (conversation_id, connection_id, first_message_id, newest_message_id, wake_at)
  SELECT
    c.id,
    c.connection_id,
    min((j.data->>'messageId')::bigint),
    max((j.data->>'messageId')::bigint),
    now()
  FROM job j
  JOIN conversations c ON c.id = (j.data->>'conversationId')::uuid
  WHERE c.connection_id IS NOT NULL
  GROUP BY c.id, c.connection_id
  ORDER BY c.id
  ON CONFLICT (conversation_id) DO UPDATE SET
    requests = w.requests + 1,
    first_message_id = least(w.first_message_id, excluded.first_message_id),
    newest_message_id = greatest(w.newest_message_id, excluded.newest_message_id)
  RETURNING 1
)
SELECT count(*)::int AS adopted
FROM adopted
