-- Stores new questions, opens answered ones again, and adds the askers.
WITH input AS (
  SELECT x.*
  FROM json_to_recordset(:askers::json) AS x (
    attention_id uuid,
    question_id uuid,
    is_new boolean,
    reopens boolean,
    tenant_id uuid,
    bot_id uuid,
    conversation_id uuid,
    customer_id uuid,
    round int,
    asked_at timestamptz
  )
), made AS (
  INSERT INTO open_questions (id, tenant_id, bot_id)
  SELECT DISTINCT ON (question_id)
    question_id,
    tenant_id,
    bot_id
  FROM input
  WHERE is_new
), touched AS (
  UPDATE open_questions q
  SET
    state = CASE WHEN i.reopens THEN 'open' ELSE q.state END,
    round = i.round,
    updated_at = clock_timestamp()
  FROM (
    SELECT
      question_id,
      bool_or(reopens) AS reopens,
      max(round) AS round
    FROM input
    WHERE NOT is_new
    GROUP BY question_id
  ) i
  WHERE q.id = i.question_id
)
INSERT INTO open_question_askers (attention_id, question_id, tenant_id, conversation_id, customer_id, round, asked_at)
SELECT
  attention_id,
  question_id,
  tenant_id,
  conversation_id,
  customer_id,
  round,
  asked_at
FROM input
ON CONFLICT DO NOTHING
