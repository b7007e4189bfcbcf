-- Makes a message for each desk of the business from each event that nobody has made one of.
-- A person is asked for: always. The rest: at most one card of a conversation in ten minutes. While a person has the
-- conversation, what the customer writes comes under the card.
-- Rows that the other consumer of attention holds are waited for: skipped ones would wait for the next look.
-- The key of the ten minutes also decides between two events of one batch.
WITH fresh AS (
  SELECT
    a.id,
    a.tenant_id,
    a.conversation_id,
    a.message_id,
    a.kind,
    a.question,
    a.created_at
  FROM attention a
  WHERE a.carded_at IS NULL
  ORDER BY a.created_at, a.id
  LIMIT :size
  FOR UPDATE
),
marked AS (
  UPDATE attention a
  SET carded_at = now()
  FROM fresh f
  WHERE a.id = f.id
)
INSERT INTO desk_messages (
  id,
  tenant_id,
  link_id,
  kind,
  conversation_id,
  message_id,
  dedupe_key,
  content,
  created_at
)
SELECT
  gen_random_uuid(),
  f.tenant_id,
  l.id,
  CASE f.kind WHEN 'wrote' THEN 'follow_up' ELSE 'card' END,
  f.conversation_id,
  f.message_id,
  CASE WHEN f.kind IN ('asked', 'wrote')
    THEN 'attention:' || f.id
    ELSE 'conversation:' || f.conversation_id || ':' || floor(extract(epoch FROM f.created_at) / 600)
  END,
  jsonb_build_object('why', f.kind, 'question', f.question, 'since', f.created_at),
  clock_timestamp()
FROM fresh f
JOIN desk_links l ON l.tenant_id = f.tenant_id
WHERE l.broken_at IS NULL
  AND (NOT l.only_handoffs OR f.kind IN ('asked', 'wrote', 'failed'))
  AND (
    f.kind IN ('asked', 'wrote')
    OR NOT EXISTS (
      SELECT 1
      FROM desk_messages d
      WHERE d.link_id = l.id
        AND d.conversation_id = f.conversation_id
        AND d.kind = 'card'
        AND d.created_at > f.created_at - interval '10 minutes'
    )
  )
ORDER BY f.created_at, f.id
ON CONFLICT (link_id, dedupe_key) DO NOTHING
RETURNING id
