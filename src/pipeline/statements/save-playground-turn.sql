-- Saves a playground question and its answer, and makes the conversation on first use. Saves nothing when the bot is gone.
WITH conversation AS (
  INSERT INTO conversations (id, tenant_id, bot_id, chat_id, language)
  SELECT :conversationId, b.tenant_id, b.id, :userId, :language
  FROM bots b
  WHERE b.tenant_id = :tenantId AND b.id = :botId
  ON CONFLICT (id) DO UPDATE SET
    language = excluded.language,
    last_message_at = now()
  RETURNING id, tenant_id
),
question AS (
  INSERT INTO messages (tenant_id, conversation_id, direction, kind, text, status)
  SELECT tenant_id, id, 'in', 'text', :text, 'answered'
  FROM conversation
  RETURNING id, tenant_id, conversation_id
),
saved AS (
  INSERT INTO messages (
    tenant_id,
    conversation_id,
    direction,
    kind,
    text,
    status,
    mode,
    reason,
    sources,
    choices,
    reply_to_id,
    took_ms,
    ai_status,
    ai_missing,
    ai_model,
    prompt_tokens,
    answer_tokens,
    ai_ms,
    cost_micro_usd,
    ai_trace,
    sent_at
  )
  SELECT
    tenant_id,
    conversation_id,
    'out',
    'text',
    :reply,
    'sent',
    :mode,
    :reason,
    :sources::jsonb,
    :choices::jsonb,
    id,
    :tookMs,
    :aiStatus,
    :aiMissing,
    :aiModel,
    :promptTokens::int,
    :answerTokens::int,
    :aiMs::int,
    :costMicroUsd::int,
    :aiTrace::jsonb,
    now()
  FROM question
  RETURNING id
)
SELECT id
FROM saved;
