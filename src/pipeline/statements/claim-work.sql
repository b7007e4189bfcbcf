-- Claims the work of conversations that is due: connection by connection in turn, at most :mostOfOne of one, none of those in
-- :fullConnections. SKIP LOCKED: another process claims the row, or a message is being added to it.
WITH due AS MATERIALIZED (
  SELECT
    conversation_id,
    wake_at,
    row_number() OVER (PARTITION BY connection_id ORDER BY wake_at) AS place
  FROM conversation_work
  WHERE state = 'ready'
    AND wake_at <= now()
    AND connection_id <> ALL(:fullConnections::uuid[])
), chosen AS MATERIALIZED (
  SELECT conversation_id
  FROM due
  WHERE place <= :mostOfOne::int
  ORDER BY place, wake_at
  LIMIT :most::int
), free AS MATERIALIZED (
  SELECT conversation_id
  FROM conversation_work
  WHERE conversation_id = ANY(ARRAY(SELECT conversation_id FROM chosen))
    AND state = 'ready'
    AND wake_at <= now()
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE conversation_work w
  SET
    state = 'claimed',
    epoch = nextval('conversation_work_epoch_seq'),
    tried_message_id = coalesce(tried_message_id, newest_message_id),
    burst_since = NULL,
    heartbeat_at = now()
  WHERE conversation_id = ANY(ARRAY(SELECT conversation_id FROM free))
  RETURNING
    conversation_id,
    connection_id,
    epoch,
    tries
)
SELECT
  (
    SELECT json_agg(
      json_build_object('conversationId', conversation_id, 'connectionId', connection_id, 'epoch', epoch, 'tries', tries)
    )
    FROM claimed
  ) AS claimed,
  -- When the next work is due that is not due yet. Null: none is known.
  (
    SELECT (extract(epoch FROM min(wake_at) - now()) * 1000)::int
    FROM conversation_work
    WHERE state = 'ready'
      AND wake_at > now()
      AND wake_at < now() + interval '1 hour'
  ) AS next_due_in_ms
