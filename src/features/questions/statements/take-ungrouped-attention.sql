-- Takes what is not grouped yet and marks it in one statement. Rows that another process or the desk
-- holds are waited for: skipped ones would wait for the next look.
WITH taken AS (
  SELECT id
  FROM attention
  WHERE grouped_at IS NULL
  ORDER BY created_at, id
  LIMIT :limit
  FOR UPDATE
), marked AS (
  UPDATE attention a
  SET grouped_at = now()
  FROM taken t
  WHERE a.id = t.id
  RETURNING a.id, a.tenant_id, a.bot_id, a.conversation_id, a.message_id, a.kind, a.question, a.created_at
)
SELECT
  k.id,
  k.tenant_id,
  k.bot_id,
  k.conversation_id,
  m.customer_id,
  k.kind::text AS kind,
  k.question,
  k.created_at
FROM marked k
JOIN messages m ON m.id = k.message_id
ORDER BY k.bot_id, k.created_at, k.id
