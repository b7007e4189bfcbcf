-- Applies delivery receipts to our messages. A receipt never takes back a later one, whatever their order.
-- A message that is being sent belongs to its worker, and one that failed for good stays failed.
-- The LATERAL subqueries with LIMIT make the planner look messages up by index.
WITH receipt AS (
  SELECT x.*
  FROM unnest(:receipts::json[]) AS row
  CROSS JOIN LATERAL json_to_record(row)
    AS x (item int, connection_id uuid, external_id text, chat_ids text[], state text, reason text)
), found AS (
  SELECT DISTINCT ON (m.id)
    m.id,
    r.item,
    r.state,
    r.reason
  FROM receipt r
  CROSS JOIN LATERAL unnest(r.chat_ids) AS chat (id)
  CROSS JOIN LATERAL (
    SELECT id
    FROM conversations
    WHERE connection_id = r.connection_id
      AND chat_id = chat.id
    LIMIT 1
  ) c
  -- Receipts for older messages are ignored.
  CROSS JOIN LATERAL (
    SELECT id, external_id
    FROM messages
    WHERE conversation_id = c.id
      AND direction = 'out'
    ORDER BY id DESC
    LIMIT 100
  ) m
  WHERE r.external_id = ANY(string_to_array(m.external_id, ','))
  ORDER BY m.id, array_position('{sent,failed,delivered,read}', r.state) DESC
), applied AS (
  UPDATE messages m
  SET
    status = f.state::"MessageStatus",
    reason = CASE f.state WHEN 'failed' THEN f.reason ELSE m.reason END
  FROM found f
  WHERE m.id = f.id
    AND CASE f.state
      WHEN 'failed' THEN m.status IN ('unconfirmed', 'sent')
      ELSE array_position('{unconfirmed,sent,delivered,read}', f.state)
        > array_position('{unconfirmed,sent,delivered,read}', m.status::text)
    END
  RETURNING
    f.item,
    m.status
)
SELECT
  item,
  status::text AS outcome
FROM applied
UNION ALL
-- Nobody has written from there: the platform may write the number in another way than the customer.
SELECT
  r.item,
  'stranger'
FROM receipt r
WHERE (
  SELECT c.id
  FROM unnest(r.chat_ids) AS chat (id)
  JOIN conversations c ON c.connection_id = r.connection_id
    AND c.chat_id = chat.id
  LIMIT 1
) IS NULL
