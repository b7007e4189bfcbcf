-- Leaves messages to a person, who has the conversation, or because their reply window had closed (`late`).
-- Without :messageIds all that wait are left.
WITH locked AS MATERIALIZED (
  SELECT id
  FROM conversations
  WHERE id = :conversationId
  FOR NO KEY UPDATE
), ours AS MATERIALIZED (
  SELECT conversation_id AS id
  FROM conversation_work
  WHERE conversation_id IN (SELECT id FROM locked)
    AND epoch = :epoch
  FOR NO KEY UPDATE
), told AS (
  UPDATE messages m
  SET status = 'for_person'
  FROM ours o
  WHERE m.conversation_id = o.id
    AND m.direction = 'in'
    AND m.status = 'received'
    AND (:messageIds::bigint[] IS NULL OR m.id = ANY(:messageIds))
  RETURNING m.id, m.kind, m.text
), noted AS (
  UPDATE conversations c
  SET
    needs_person_at = coalesce(c.needs_person_at, now()),
    needs_person_why = coalesce(c.needs_person_why, :why)
  FROM ours o
  WHERE c.id = o.id
    -- A command that came too late needs nobody.
    AND (:why::text <> 'late' OR EXISTS (SELECT 1 FROM told WHERE kind <> 'command'))
  RETURNING c.id, c.tenant_id, c.bot_id, c.language
), heard AS (
  INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, kind, question, language)
  SELECT
    n.tenant_id,
    n.bot_id,
    n.id,
    t.id,
    CASE :why WHEN 'late' THEN 'failed' ELSE 'wrote' END::"AttentionKind",
    left(t.text, 1000),
    n.language
  FROM told t, noted n
  WHERE t.kind <> 'command'
  ON CONFLICT (message_id, kind) DO NOTHING
  RETURNING 1
)
SELECT pg_notify('botfactory', 'attention:') AS notified
WHERE EXISTS (SELECT 1 FROM heard)
