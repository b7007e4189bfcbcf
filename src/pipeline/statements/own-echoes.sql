-- The echoes (by their place in the lists) whose message is stored already: sent by us, by a broadcast, or by a person.
-- The subqueries with LIMIT 1 make the planner look each echo up by index.
SELECT e.item
FROM unnest(:connectionIds::uuid[], :chatIds::text[], :externalIds::text[]) WITH ORDINALITY
  AS e (connection_id, chat_id, external_id, item)
WHERE (
  SELECT m.id
  FROM conversations c
  CROSS JOIN LATERAL (
    SELECT id, external_id
    FROM messages
    WHERE conversation_id = c.id
      AND direction = 'out'
    ORDER BY id DESC
    LIMIT 100
  ) m
  WHERE c.connection_id = e.connection_id
    AND c.chat_id = e.chat_id
    AND e.external_id = ANY(string_to_array(m.external_id, ','))
  LIMIT 1
) IS NOT NULL
OR (
  SELECT r.id
  FROM broadcast_recipients r
  WHERE r.connection_id = e.connection_id
    AND r.external_id = e.external_id
  LIMIT 1
) IS NOT NULL
