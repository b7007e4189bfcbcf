-- Takes a held question and saves its answer in one statement, so that only one of several workers does it.
-- A row with a null id: the connection is stopped. No row: another worker has the conversation, or the question was taken.
WITH locked AS MATERIALIZED (
  SELECT
    c.id,
    c.tenant_id,
    c.bot_id,
    c.connection_id,
    is_stopped(n.enabled, n.failure_reason, t.suspended_at) AS stopped
  FROM conversations c
  JOIN connections n ON n.id = c.connection_id
  JOIN tenants t ON t.id = c.tenant_id
  WHERE c.id = :conversationId
  FOR NO KEY UPDATE OF c
), held AS MATERIALIZED (
  SELECT conversation_id
  FROM conversation_work
  WHERE conversation_id IN (SELECT id FROM locked)
    AND epoch = :epoch
  FOR NO KEY UPDATE
), ours AS (
  SELECT l.*
  FROM locked l
  JOIN held h ON h.conversation_id = l.id
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
    AND :attention::text IS NULL
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
    charged_month,
    ai_status,
    ai_missing,
    ai_model,
    prompt_tokens,
    answer_tokens,
    ai_ms,
    cost_micro_usd,
    ai_trace
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
    :month,
    :aiStatus,
    :aiMissing,
    :aiModel,
    :promptTokens,
    :answerTokens,
    :aiMs,
    :costMicroUsd::int,
    :aiTrace
  FROM ours o, taken t
  RETURNING id
), costed AS (
  UPDATE usage_months u
  SET
    ai_calls = u.ai_calls + :spentCalls,
    prompt_tokens = u.prompt_tokens + :spentPromptTokens,
    answer_tokens = u.answer_tokens + :spentAnswerTokens,
    cost_micro_usd = u.cost_micro_usd + :spentMicroUsd
  FROM ours o
  WHERE u.tenant_id = o.tenant_id
    AND u.month = :month
    AND :spentCalls > 0
    AND (o.stopped OR EXISTS (SELECT 1 FROM saved))
), outdated AS (
  -- It was written when the question was held.
  DELETE FROM attention
  WHERE message_id IN (SELECT message_id FROM taken)
    AND kind = 'no_answer'
), heard AS (
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, reply_id, kind, question, language)
  SELECT
    o.tenant_id,
    o.bot_id,
    o.id,
    t.message_id,
    s.id,
    :attention::"AttentionKind",
    :question,
    :language
  FROM ours o, taken t, saved s
  WHERE :attention IS NOT NULL
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING 1
)
SELECT
  id,
  CASE WHEN EXISTS (SELECT 1 FROM heard) THEN pg_notify('botfactory', 'attention:') END AS notified
FROM saved
UNION ALL
SELECT
  NULL,
  NULL
FROM ours
WHERE stopped
