-- Two conversations are one: a group under its new id, written to before its move was known; a person under another id. What was
-- said, noted and asked in the conversation of :goneChat goes to that of :keptChat.
-- :leaseEpoch is the poller's lease; a poller that lost it changes nothing.
WITH held AS MATERIALIZED (
  SELECT *
  FROM conversations
  WHERE connection_id = :connectionId
    AND chat_id IN (:keptChat::text, :goneChat::text)
    AND (
      :leaseEpoch::int IS NULL
      OR EXISTS (SELECT 1 FROM leases l WHERE l.connection_id = :connectionId AND l.epoch = :leaseEpoch)
    )
  ORDER BY connection_id, chat_id
  FOR UPDATE
), pair AS (
  SELECT
    k.id AS kept_id,
    g.id AS gone_id
  FROM held k
  JOIN held g ON g.chat_id = :goneChat
  WHERE k.chat_id = :keptChat
), moved AS (
  UPDATE messages m
  SET conversation_id = p.kept_id
  FROM pair p
  WHERE m.conversation_id = p.gone_id
  RETURNING m.id, m.conversation_id, m.status
), heard AS (
  UPDATE attention a
  SET conversation_id = p.kept_id
  FROM pair p
  WHERE a.conversation_id = p.gone_id
), kept AS (
  UPDATE kept_questions k
  SET conversation_id = p.kept_id
  FROM pair p
  WHERE k.conversation_id = p.gone_id
), asked_by AS (
  UPDATE open_question_askers a
  SET conversation_id = p.kept_id
  FROM pair p
  WHERE a.attention_id IN (SELECT id FROM attention WHERE conversation_id = p.gone_id)
), carded AS (
  UPDATE desk_messages d
  SET conversation_id = p.kept_id
  FROM pair p
  WHERE d.conversation_id = p.gone_id
), noted AS (
  UPDATE notes n
  SET conversation_id = p.kept_id
  FROM pair p
  WHERE n.conversation_id = p.gone_id
), labelled AS (
  INSERT INTO conversation_labels (conversation_id, label_id, tenant_id, created_at)
  SELECT
    p.kept_id,
    l.label_id,
    l.tenant_id,
    l.created_at
  FROM pair p
  JOIN conversation_labels l ON l.conversation_id = p.gone_id
  ON CONFLICT DO NOTHING
), assigned AS (
  INSERT INTO assignments (conversation_id, tenant_id, user_id, created_at)
  SELECT
    p.kept_id,
    a.tenant_id,
    a.user_id,
    a.created_at
  FROM pair p
  JOIN assignments a ON a.conversation_id = p.gone_id
  ON CONFLICT DO NOTHING
), marked AS (
  -- Of NULL and a time, least and greatest give the time.
  UPDATE conversations k
  SET
    needs_person_at = least(k.needs_person_at, g.needs_person_at),
    needs_person_why = coalesce(k.needs_person_why, g.needs_person_why),
    silenced_until = greatest(k.silenced_until, g.silenced_until),
    language = coalesce(k.language, g.language),
    done_at = CASE WHEN g.done_at IS NULL THEN NULL ELSE k.done_at END,
    last_message_at = greatest(k.last_message_at, g.last_message_at)
  FROM pair p
  JOIN held g ON g.id = p.gone_id
  WHERE k.id = p.kept_id
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
WHERE id IN (SELECT gone_id FROM pair)
