-- Asks for work in conversations, at once. A pause after a failed try stays.
-- The row of a conversation that has work already is told, so that a worker that is about to finish looks again.
WITH asked AS (
  INSERT INTO conversation_work AS w (
    conversation_id,
    connection_id,
    first_message_id,
    newest_message_id,
    burst_since,
    wake_at
  )
  SELECT
    conversation_id,
    connection_id,
    message_id,
    message_id,
    now(),
    now()
  FROM unnest(:conversationIds::uuid[], :connectionIds::uuid[], :messageIds::bigint[])
    AS s (conversation_id, connection_id, message_id)
  ORDER BY conversation_id
  ON CONFLICT (conversation_id) DO UPDATE SET
    requests = w.requests + 1,
    first_message_id = least(w.first_message_id, excluded.first_message_id),
    newest_message_id = greatest(w.newest_message_id, excluded.newest_message_id),
    burst_since = coalesce(w.burst_since, now()),
    wake_at = CASE WHEN w.tries = 0 THEN now() ELSE w.wake_at END
  RETURNING 1
)
SELECT
  (SELECT count(*) FROM asked)::int AS asked,
  CASE WHEN EXISTS (SELECT 1 FROM asked) THEN pg_notify('botfactory', 'work:') END AS notified
