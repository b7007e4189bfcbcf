-- Adds a call of the AI that is no answer to a customer to the business' month.
INSERT INTO usage_months AS u (tenant_id, month, ai_answers, ai_calls, prompt_tokens, answer_tokens, cost_micro_usd)
SELECT
  id,
  utc_month(now()),
  0,
  :spentCalls::int,
  :spentPromptTokens::bigint,
  :spentAnswerTokens::bigint,
  :spentMicroUsd::bigint
FROM tenants
WHERE
  id = :tenantId::uuid
ON CONFLICT (tenant_id, month) DO UPDATE
SET
  ai_calls = u.ai_calls + excluded.ai_calls,
  prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,
  answer_tokens = u.answer_tokens + excluded.answer_tokens,
  cost_micro_usd = u.cost_micro_usd + excluded.cost_micro_usd;
