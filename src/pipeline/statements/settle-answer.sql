-- Adds what the AI took for an answer outside the message path, and gives the answer back when the AI gave none.
UPDATE usage_months
SET
  ai_answers = greatest(ai_answers - :returned::int, 0),
  ai_calls = ai_calls + :spentCalls::int,
  prompt_tokens = prompt_tokens + :spentPromptTokens::bigint,
  answer_tokens = answer_tokens + :spentAnswerTokens::bigint,
  cost_micro_usd = cost_micro_usd + :spentMicroUsd::bigint
WHERE
  tenant_id = :tenantId
  AND month = :month::date;
