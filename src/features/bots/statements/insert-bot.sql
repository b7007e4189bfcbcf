-- Inserts a bot unless the limit is reached. Runs after lock-bot-limit in the same transaction.
INSERT INTO bots (
  id,
  tenant_id,
  name,
  system_prompt,
  updated_at
)
SELECT
  :id::uuid,
  :tenantId::uuid,
  :name,
  :systemPrompt,
  now()
WHERE (SELECT count(*) FROM bots WHERE tenant_id = :tenantId::uuid) < :maxBots::int
RETURNING id;
