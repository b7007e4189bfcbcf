-- Gives back what is charged on messages, questions or answers. With a turn (:conversationId, :epoch) only while the
-- conversation is still its worker's, because another worker answers on the same charge.
WITH ours AS MATERIALIZED (
  SELECT conversation_id
  FROM conversation_work
  WHERE conversation_id = :conversationId::uuid
    AND epoch = :epoch::bigint
  FOR NO KEY UPDATE
), held AS MATERIALIZED (
  SELECT
    id,
    tenant_id,
    charged_month
  FROM messages
  WHERE id = ANY(:messageIds::bigint[])
    AND charged_month IS NOT NULL
    AND (:conversationId IS NULL OR EXISTS (SELECT 1 FROM ours))
  ORDER BY id
  FOR NO KEY UPDATE
), cleared AS (
  UPDATE messages m
  SET charged_month = NULL
  FROM held h
  WHERE m.id = h.id
)
UPDATE usage_months u
SET ai_answers = greatest(u.ai_answers - f.answers, 0)
FROM (SELECT tenant_id, charged_month, count(*) AS answers FROM held GROUP BY tenant_id, charged_month) f
WHERE u.tenant_id = f.tenant_id
  AND u.month = f.charged_month
