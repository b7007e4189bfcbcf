-- Queues a reply job for a staff reply alone: no other message joins it. Otherwise as queue-reply-jobs.sql.
WITH job AS (
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
    jsonb_build_object('conversationId', :conversationId::uuid, 'messageId', :messageId::bigint, 'own', true),
    :conversationId::uuid::text,
    :connectionId::uuid::text,
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
  FROM pgboss.queue q
  WHERE q.name = 'reply'
  RETURNING 1
)
SELECT pg_notify('botfactory', 'jobs:') AS notified
FROM job
