-- Saves replies as `sending`, before anything is sent, and marks what they answer.
-- A row with a null id: nothing is saved, because the connection is stopped, or the customer has withdrawn or reworded a message
-- while the answer was made. No row: another worker has the conversation.
WITH input AS (
  SELECT *
  FROM json_to_recordset(:replies::json) AS x (
    conversation_id uuid,
    epoch bigint,
    customer_id uuid,
    message_ids bigint[],
    reply_to bigint,
    first_id bigint,
    body text,
    media_text text,
    mode text,
    reason text,
    sources jsonb,
    choices jsonb,
    language text,
    language_chosen boolean,
    charged date,
    needs_person text,
    keep_ms bigint,
    ai_status text,
    ai_missing text,
    ai_model text,
    prompt_tokens int,
    answer_tokens int,
    ai_ms int,
    cost_micro_usd int,
    spent_calls int,
    spent_prompt_tokens bigint,
    spent_answer_tokens bigint,
    spent_micro_usd bigint,
    ai_trace jsonb,
    attention text,
    question text,
    offered text
  )
), locked AS MATERIALIZED (
  SELECT
    c.id,
    c.tenant_id,
    c.bot_id,
    c.connection_id,
    is_stopped(n.enabled, n.failure_reason, te.suspended_at) AS stopped
  FROM conversations c
  JOIN connections n ON n.id = c.connection_id
  JOIN tenants te ON te.id = c.tenant_id
  -- As a join, a plan made for few conversations would read them all.
  WHERE c.id = ANY(ARRAY(SELECT conversation_id FROM input))
  ORDER BY c.connection_id, c.chat_id
  FOR NO KEY UPDATE OF c
), held AS MATERIALIZED (
  -- Locked, so that nobody takes the conversation away before the reply is saved.
  SELECT conversation_id, epoch
  FROM conversation_work
  WHERE conversation_id = ANY(ARRAY(SELECT id FROM locked))
  ORDER BY conversation_id
  FOR NO KEY UPDATE
), fenced AS MATERIALIZED (
  SELECT
    i.*,
    l.tenant_id,
    l.bot_id,
    l.connection_id,
    l.stopped
  FROM input i
  JOIN held h ON h.conversation_id = i.conversation_id AND h.epoch = i.epoch
  JOIN locked l ON l.id = i.conversation_id
), outdated AS MATERIALIZED (
  SELECT f.reply_to
  FROM fenced f
  WHERE EXISTS (
    SELECT 1
    FROM messages m
    WHERE m.id = ANY(f.message_ids)
      AND m.kind = 'deleted'
  )
  OR EXISTS (
    -- An edit's external id is the original's plus a suffix after a colon.
    SELECT 1
    FROM messages e
    JOIN messages m ON m.id = ANY(f.message_ids)
    WHERE e.conversation_id = f.conversation_id
      AND e.status = 'received'
      AND e.kind = 'edited'
      AND e.id <> ALL(f.message_ids)
      AND regexp_replace(e.external_id, ':[^:]*$', '')
        = CASE m.kind WHEN 'edited' THEN regexp_replace(m.external_id, ':[^:]*$', '') ELSE m.external_id END
  )
), ours AS (
  SELECT *
  FROM fenced
  WHERE NOT stopped
    AND reply_to NOT IN (SELECT reply_to FROM outdated)
), answered AS (
  -- The status is compared as text, so that the planner finds the messages by their ids.
  UPDATE messages
  SET
    status = 'answered',
    media_text = coalesce((SELECT o.media_text FROM ours o WHERE o.reply_to = messages.id), messages.media_text)
  WHERE id = ANY(ARRAY(SELECT unnest(message_ids) FROM ours))
    AND status::text = 'received'
), noted AS (
  UPDATE conversations c
  SET
    language = o.language,
    language_chosen = o.language_chosen,
    needs_person_at = CASE WHEN o.needs_person IS NULL THEN c.needs_person_at ELSE coalesce(c.needs_person_at, now()) END,
    needs_person_why = CASE
      WHEN o.needs_person = 'asked' OR c.needs_person_why IS NULL THEN coalesce(o.needs_person, c.needs_person_why)
      ELSE c.needs_person_why
    END
  FROM ours o
  WHERE c.id = o.conversation_id
    AND (
      o.needs_person IS NOT NULL
      OR (c.language, c.language_chosen) IS DISTINCT FROM (o.language, o.language_chosen)
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
    reason,
    sources,
    choices,
    reply_to_id,
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
    tenant_id,
    conversation_id,
    connection_id,
    customer_id,
    'out',
    'text',
    body,
    'sending',
    mode,
    reason,
    sources,
    choices,
    reply_to,
    charged,
    ai_status,
    ai_missing,
    ai_model,
    prompt_tokens,
    answer_tokens,
    ai_ms,
    cost_micro_usd,
    ai_trace
  FROM ours
  ON CONFLICT (reply_to_id) WHERE direction = 'out' DO NOTHING
  RETURNING id, reply_to_id
), cost AS MATERIALIZED (
  -- What the AI took in each month, locked in the order of tenants.
  SELECT
    u.tenant_id,
    u.month,
    c.calls,
    c.prompt_tokens,
    c.answer_tokens,
    c.micro_usd
  FROM (
    SELECT
      f.tenant_id,
      coalesce(f.charged, utc_month(now())) AS month,
      sum(f.spent_calls) AS calls,
      sum(f.spent_prompt_tokens) AS prompt_tokens,
      sum(f.spent_answer_tokens) AS answer_tokens,
      sum(f.spent_micro_usd) AS micro_usd
    FROM fenced f
    LEFT JOIN saved s ON s.reply_to_id = f.reply_to
    WHERE f.spent_calls > 0
      AND (f.stopped OR s.id IS NOT NULL OR f.reply_to IN (SELECT reply_to FROM outdated))
    GROUP BY f.tenant_id, coalesce(f.charged, utc_month(now()))
  ) c
  JOIN usage_months u ON u.tenant_id = c.tenant_id AND u.month = c.month
  ORDER BY u.tenant_id
  FOR NO KEY UPDATE OF u
), costed AS (
  UPDATE usage_months u
  SET
    ai_calls = u.ai_calls + c.calls,
    prompt_tokens = u.prompt_tokens + c.prompt_tokens,
    answer_tokens = u.answer_tokens + c.answer_tokens,
    cost_micro_usd = u.cost_micro_usd + c.micro_usd
  FROM cost c
  WHERE u.tenant_id = c.tenant_id
    AND u.month = c.month
), kept AS (
  INSERT INTO kept_questions (message_id, tenant_id, conversation_id, message_ids, answer_until)
  SELECT
    s.reply_to_id,
    o.tenant_id,
    o.conversation_id,
    o.message_ids,
    coalesce(q.written_at, q.created_at) + o.keep_ms * interval '1 ms'
  FROM saved s
  JOIN ours o ON o.reply_to = s.reply_to_id
  JOIN messages q ON q.id = s.reply_to_id
  WHERE o.keep_ms IS NOT NULL
  ON CONFLICT DO NOTHING
), heard AS (
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, reply_id, kind, question, language)
  SELECT
    o.tenant_id,
    o.bot_id,
    o.conversation_id,
    s.reply_to_id,
    s.id,
    o.attention::"AttentionKind",
    o.question,
    o.language
  FROM saved s
  JOIN ours o ON o.reply_to = s.reply_to_id
  WHERE o.attention IS NOT NULL
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING 1
), went_past AS (
  -- The titles of the offer before were not what the customer had asked for.
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, reply_id, kind, question, language)
  SELECT
    o.tenant_id,
    o.bot_id,
    o.conversation_id,
    f.reply_to_id,
    f.id,
    'no_answer',
    o.offered,
    o.language
  FROM saved s
  JOIN ours o ON o.reply_to = s.reply_to_id
  CROSS JOIN LATERAL (
    SELECT id, reply_to_id
    FROM messages
    WHERE conversation_id = o.conversation_id
      AND direction = 'out'
      AND choices IS NOT NULL
      AND reply_to_id IS NOT NULL
    ORDER BY id DESC
    LIMIT 1
  ) f
  WHERE o.offered <> ''
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING 1
)
SELECT
  s.id,
  s.reply_to_id AS reply_to,
  (extract(epoch FROM now() - q.created_at) * 1000)::bigint AS age_ms,
  (extract(epoch FROM now() - coalesce(q.written_at, q.created_at)) * 1000)::bigint AS customer_age_ms,
  CASE
    WHEN EXISTS (SELECT 1 FROM heard) OR EXISTS (SELECT 1 FROM went_past) THEN pg_notify('botfactory', 'attention:')
  END AS notified
FROM saved s
JOIN ours o ON o.reply_to = s.reply_to_id
JOIN messages q ON q.id = o.first_id
UNION ALL
SELECT
  NULL,
  reply_to,
  0,
  0,
  NULL
FROM fenced
WHERE stopped
  OR reply_to IN (SELECT reply_to FROM outdated)
