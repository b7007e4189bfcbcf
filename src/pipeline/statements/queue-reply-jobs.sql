-- Queues one reply job per row of the lists, as boss.send('reply', …) of pg-boss 12.35 does with singletonKey and group.
-- A conversation whose job still waits gets no second job. Its job is pointed at the newest message instead. The updated row
-- cannot be claimed before this transaction commits.
WITH source AS (
  SELECT conversation_id, connection_id, message_id
  FROM unnest(:conversationIds::uuid[], :connectionIds::uuid[], :messageIds::bigint[])
    AS s (conversation_id, connection_id, message_id)
), joined AS (
  UPDATE pgboss.job_common j
  SET data = jsonb_build_object('conversationId', s.conversation_id, 'messageId', s.message_id)
  FROM source s
  WHERE j.name = 'reply'
    AND j.singleton_key = s.conversation_id::text
    AND j.state = 'created'
    AND j.policy = 'key_strict_fifo'
    AND NOT j.blocked
    AND NOT j.data ? 'own'
  RETURNING s.conversation_id
), made AS (
  INSERT INTO pgboss.job (
    name,
    data,
    singleton_key,
    group_id,
    expire_seconds,
    deletion_seconds,
    keep_until,
    retry_limit,
    retry_delay,
    retry_backoff,
    retry_delay_max,
    policy,
    dead_letter,
    heartbeat_seconds
  )
  SELECT
    q.name,
    jsonb_build_object('conversationId', s.conversation_id, 'messageId', s.message_id),
    s.conversation_id::text,
    s.connection_id::text,
    q.expire_seconds,
    q.deletion_seconds,
    now() + q.retention_seconds * interval '1s',
    q.retry_limit,
    q.retry_delay,
    coalesce(q.retry_backoff, false),
    q.retry_delay_max,
    q.policy,
    q.dead_letter,
    q.heartbeat_seconds
  FROM source s
  JOIN pgboss.queue q ON q.name = 'reply'
  WHERE s.conversation_id NOT IN (SELECT conversation_id FROM joined)
  RETURNING 1
), job AS (
  SELECT 1 FROM made
  UNION ALL
  SELECT 1 FROM joined
)
SELECT
  (SELECT count(*) FROM job)::int AS queued,
  CASE WHEN EXISTS (SELECT 1 FROM job) THEN pg_notify('botfactory', 'jobs:') END AS notified
