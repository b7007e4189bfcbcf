-- Takes a held question and saves its answer in one statement, so that only one of several workers does it.
-- A row with a null id: the connection is stopped. No row: the epoch moved on, or the question was taken.
WITH ours AS MATERIALIZED (
  SELECT
    c.id,
    c.tenant_id,
    c.connection_id,
    (
      NOT n.enabled
      OR t.suspended_at IS NOT NULL
      OR coalesce(n.failure_reason IN ('plan_limit', 'token_revoked'), false)
    ) AS stopped
  FROM conversations c
  JOIN connections n ON n.id = c.connection_id
  JOIN tenants t ON t.id = c.tenant_id
  WHERE c.id = :conversationId
    AND c.work_epoch = :epoch
  FOR NO KEY UPDATE OF c
), taken AS (
  UPDATE kept_questions k
  SET
    state = 'answered',
    settled_at = now()
  FROM ours o
  WHERE NOT o.stopped
    AND k.conversation_id = o.id
    AND k.message_id = :messageId
    AND k.state = 'waiting'
  RETURNING k.message_id
), served AS (
  -- The conversation needs no person any more, if the missing answer was the only reason.
  UPDATE conversations c
  SET
    needs_person_at = NULL,
    needs_person_why = NULL
  FROM ours o
  WHERE c.id = o.id
    AND c.needs_person_why = 'no_answer'
    AND EXISTS (SELECT 1 FROM taken)
    AND NOT EXISTS (
      SELECT 1
      FROM kept_questions k
      WHERE k.conversation_id = o.id
        AND k.state = 'waiting'
        AND k.message_id <> :messageId
    )
), saved AS (
  INSERT INTO messages (
    tenant_id,
    conversation_id,
    connection_id,
    customer_id,
    direction,
    kind,
    text,
    status,
    mode,
    sources,
    follow_up_to_id,
    charged_month
  )
  SELECT
    o.tenant_id,
    o.id,
    o.connection_id,
    :customerId,
    'out',
    'text',
    :text,
    'sending',
    'ai',
    :sources,
    t.message_id,
    :month
  FROM ours o, taken t
  RETURNING id
)
SELECT id
FROM saved
UNION ALL
SELECT NULL
FROM ours
WHERE stopped
