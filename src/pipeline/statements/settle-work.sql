-- Notes replies that the platform has taken, and settles the work of conversations where all that was asked for is done.
-- A row without a reply settles only. A row without `requests` settles nothing: the turn goes on.
-- The transaction does not wait for the disk. When the database's machine loses it, the process remembers what was sent.
WITH input AS (
  SELECT *
  FROM unnest(
    :conversationIds::uuid[],
    :epochs::bigint[],
    :requests::int[],
    :replyIds::bigint[],
    :externalIds::text[],
    :parts::int[],
    :tookMs::int[]
  ) AS x (conversation_id, epoch, requests, reply_id, external_id, parts, took_ms)
), held AS MATERIALIZED (
  SELECT conversation_id, epoch, requests
  FROM conversation_work
  WHERE conversation_id = ANY(:conversationIds)
  ORDER BY conversation_id
  FOR UPDATE
), ours AS MATERIALIZED (
  SELECT
    x.*,
    h.requests AS asked
  FROM input x
  JOIN held h ON h.conversation_id = x.conversation_id AND h.epoch = x.epoch
), sent AS (
  UPDATE messages m
  SET
    status = 'sent',
    sent_at = now(),
    external_id = o.external_id,
    sent_parts = o.parts,
    took_ms = o.took_ms
  FROM ours o
  WHERE m.id = o.reply_id
    AND m.status = 'sending'
), done AS (
  DELETE FROM conversation_work
  WHERE conversation_id = ANY(ARRAY(SELECT conversation_id FROM ours WHERE requests = asked))
), more AS (
  -- Something was asked for meanwhile.
  UPDATE conversation_work
  SET
    state = 'ready',
    tries = 0,
    tried_message_id = NULL,
    heartbeat_at = NULL
  WHERE conversation_id = ANY(ARRAY(SELECT conversation_id FROM ours WHERE requests < asked))
  RETURNING conversation_id
)
SELECT more.conversation_id
FROM async_commit()
LEFT JOIN more ON TRUE
