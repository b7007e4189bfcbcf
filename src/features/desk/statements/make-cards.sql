-- Makes a message for each desk of the business from each event that nobody has made one of.
-- A person is asked for: always. The rest: at most one card of a conversation in ten minutes, and none while a card of the same
-- question waits for an answer. What makes no card is added to the one that is there. While a person has the conversation, what
-- the customer writes comes under the card.
-- Whether it is the same question is known a moment later, so where there is a card the event waits for that, for three seconds
-- at most.
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
    a.created_at,
    a.kind IN ('asked', 'wrote') AS is_told
  FROM attention a
  WHERE a.carded_at IS NULL
    AND (
      a.kind IN ('asked', 'wrote', 'failed')
      OR a.grouped_at IS NOT NULL
      OR a.created_at < now() - interval '3 seconds'
      OR NOT EXISTS (
        SELECT 1
        FROM desk_messages d
        WHERE d.conversation_id = a.conversation_id
          AND d.kind = 'card'
          AND d.closed_at IS NULL
      )
    )
  ORDER BY a.created_at, a.id
  LIMIT :size
  FOR UPDATE
),
marked AS (
  UPDATE attention a
  SET carded_at = now()
  FROM fresh f
  WHERE a.id = f.id
),
placed AS (
  SELECT
    f.*,
    l.id AS link_id,
    c.id AS card_id
  FROM fresh f
  JOIN desk_links l ON l.tenant_id = f.tenant_id
  LEFT JOIN LATERAL (
    SELECT d.id
    FROM desk_messages d
    WHERE NOT f.is_told
      AND d.link_id = l.id
      AND d.conversation_id = f.conversation_id
      AND d.kind = 'card'
      AND (
        d.created_at > f.created_at - interval '10 minutes'
        OR (
          d.closed_at IS NULL
          AND EXISTS (
            SELECT 1
            FROM open_question_askers s
            JOIN open_question_askers o ON o.question_id = s.question_id
            JOIN attention e ON e.id = o.attention_id
            WHERE s.attention_id = f.id
              AND e.message_id = d.message_id
          )
          AND NOT EXISTS (
            SELECT 1
            FROM messages m
            WHERE m.conversation_id = d.conversation_id
              AND m.id > d.message_id
              AND m.direction = 'out'
              AND m.mode = 'person'
          )
        )
      )
    ORDER BY d.created_at DESC
    LIMIT 1
  ) c ON true
  WHERE l.broken_at IS NULL
    AND (NOT l.only_handoffs OR f.kind IN ('asked', 'wrote', 'failed'))
),
added AS (
  UPDATE desk_messages d
  SET content = d.content || jsonb_build_object(
    'again', coalesce((d.content ->> 'again')::int, 0) + p.count,
    'more', jsonb_path_query_array(coalesce(d.content -> 'more', '[]') || p.message_ids, '$[last - 2 to last]')
  )
  FROM (
    SELECT
      card_id,
      count(*)::int AS count,
      jsonb_agg(message_id ORDER BY created_at) AS message_ids
    FROM placed
    WHERE card_id IS NOT NULL
    GROUP BY card_id
  ) p
  WHERE d.id = p.card_id
    AND d.closed_at IS NULL
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
  p.tenant_id,
  p.link_id,
  CASE p.kind WHEN 'wrote' THEN 'follow_up' ELSE 'card' END,
  p.conversation_id,
  p.message_id,
  CASE WHEN p.is_told
    THEN 'attention:' || p.id
    ELSE 'conversation:' || p.conversation_id || ':' || floor(extract(epoch FROM p.created_at) / 600)
  END,
  jsonb_build_object('why', p.kind, 'question', p.question, 'since', p.created_at),
  clock_timestamp()
FROM placed p
WHERE p.card_id IS NULL
ORDER BY p.created_at, p.id
ON CONFLICT (link_id, dedupe_key) DO NOTHING
RETURNING id
