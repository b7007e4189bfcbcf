-- Stops connections that the plan does not cover, and starts those again that were stopped for it and are covered now.
-- A plan covers a tenant's oldest bots up to its number, on the channels it includes.
-- tenantId null: of all tenants, which is why it is one statement.
WITH bot AS (
  SELECT
    id,
    tenant_id,
    row_number() OVER (PARTITION BY tenant_id ORDER BY created_at, id) AS place
  FROM bots
  WHERE :tenantId::uuid IS NULL OR tenant_id = :tenantId::uuid
),
judged AS (
  SELECT
    c.id,
    c.state = 'FAILED' AND coalesce(c.failure_reason = 'plan_limit', false) AS is_stopped,
    bot.place <= coalesce(p.max_bots, :freeMaxBots::int)
      AND :channelsByPlan::jsonb -> coalesce(p.plan::text, 'FREE') ? c.platform::text AS is_covered
  FROM bot
  JOIN connections c ON c.bot_id = bot.id
  LEFT JOIN active_plans(:now::timestamptz) p ON p.tenant_id = bot.tenant_id
  WHERE c.enabled
)
UPDATE connections c
SET
  state = CASE WHEN j.is_covered THEN 'PENDING' ELSE 'FAILED' END::"ConnectionState",
  failure_reason = CASE WHEN j.is_covered THEN NULL ELSE 'plan_limit' END,
  failure_detail = NULL,
  retry_at = NULL,
  state_changed_at = now()
FROM judged j
WHERE
  j.id = c.id
  AND j.is_covered = j.is_stopped
RETURNING c.id;
