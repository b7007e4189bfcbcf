-- Conversations with held questions whose tenant has answers left, oldest question first. Without a :tenantId of all tenants.
-- One turn answers all held questions of a conversation, so one that has work already is left out.
WITH waiting AS (
  SELECT DISTINCT
    k.tenant_id,
    utc_month(:now) AS month
  FROM kept_questions k
  WHERE k.state = 'waiting'
    AND (:tenantId::uuid IS NULL OR k.tenant_id = :tenantId)
), room AS (
  SELECT w.tenant_id
  FROM waiting w
  JOIN tenants t ON t.id = w.tenant_id AND t.suspended_at IS NULL
  LEFT JOIN usage_months m ON m.tenant_id = w.tenant_id AND m.month = w.month
  LEFT JOIN active_plans(:now) p ON p.tenant_id = w.tenant_id
  WHERE coalesce(m.ai_answers, 0) < coalesce(p.max_messages, :freeMaxMessages)
)
SELECT
  k.conversation_id,
  min(k.message_id) AS message_id,
  c.connection_id
FROM kept_questions k
JOIN room r ON r.tenant_id = k.tenant_id
JOIN conversations c ON c.id = k.conversation_id
JOIN connections n ON n.id = c.connection_id
WHERE k.state = 'waiting'
  AND k.answer_until > :now
  AND n.enabled
  AND n.failure_reason IS DISTINCT FROM 'plan_limit'
  AND NOT EXISTS (
    SELECT 1
    FROM conversation_work w
    WHERE w.conversation_id = k.conversation_id
  )
GROUP BY k.conversation_id, c.connection_id
ORDER BY min(k.message_id)
LIMIT 500
