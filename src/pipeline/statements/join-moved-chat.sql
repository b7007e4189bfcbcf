-- What was written in a group under its new id before its move was known goes to the conversation of the old id.
-- :leaseEpoch is the poller's lease; a poller that lost it changes nothing.
WITH held AS MATERIALIZED (
  SELECT
    id,
    chat_id
  FROM conversations
  WHERE connection_id = :connectionId
    AND chat_id IN (:chatId::text, :movedTo::text)
    AND (
      :leaseEpoch::int IS NULL
      OR EXISTS (SELECT 1 FROM leases l WHERE l.connection_id = :connectionId AND l.epoch = :leaseEpoch)
    )
  ORDER BY connection_id, chat_id
  FOR UPDATE
), pair AS (
  SELECT
    o.id AS old_id,
    n.id AS new_id
  FROM held o
  JOIN held n ON n.chat_id = :movedTo
  WHERE o.chat_id = :chatId
), moved AS (
  UPDATE messages m
  SET conversation_id = p.old_id
  FROM pair p
  WHERE m.conversation_id = p.new_id
  RETURNING m.id, m.conversation_id, m.status
), heard AS (
  UPDATE attention a
  SET conversation_id = p.old_id
  FROM pair p
  WHERE a.conversation_id = p.new_id
), kept AS (
  UPDATE kept_questions k
  SET conversation_id = p.old_id
  FROM pair p
  WHERE k.conversation_id = p.new_id
), open AS (
  SELECT
    min(id) AS first_id,
    max(id) AS last_id,
    conversation_id
  FROM moved
  WHERE status IN ('received', 'pending', 'sending')
  GROUP BY conversation_id
), asked AS (
  INSERT INTO conversation_work AS w (conversation_id, connection_id, first_message_id, newest_message_id, burst_since, wake_at)
  SELECT
    conversation_id,
    :connectionId,
    first_id,
    last_id,
    now(),
    now()
  FROM open
  ON CONFLICT (conversation_id) DO UPDATE SET
    requests = w.requests + 1,
    first_message_id = least(w.first_message_id, excluded.first_message_id),
    newest_message_id = greatest(w.newest_message_id, excluded.newest_message_id)
  RETURNING 1
)
-- Its work goes with it, so a worker that has it writes nothing more.
DELETE FROM conversations
WHERE id IN (SELECT new_id FROM pair)
