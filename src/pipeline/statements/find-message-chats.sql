-- The chats of messages of ours that are known by their ids only. There is no index on these ids, because it would cost every
-- message more than this look-up costs the few receipts that need it: only the newest conversations and messages are looked at.
SELECT
  e.item,
  found.chat_id
FROM unnest(:externalIds::text[]) WITH ORDINALITY AS e (external_id, item)
CROSS JOIN LATERAL (
  SELECT c.chat_id
  FROM (
    SELECT
      v.id,
      v.chat_id
    FROM connections n
    JOIN conversations v ON v.bot_id = n.bot_id
      AND v.connection_id = n.id
    WHERE n.id = :connectionId
    ORDER BY v.last_message_at DESC
    LIMIT 200
  ) c
  CROSS JOIN LATERAL (
    SELECT external_id
    FROM messages
    WHERE conversation_id = c.id
      AND direction = 'out'
    ORDER BY id DESC
    LIMIT 20
  ) m
  WHERE e.external_id = ANY(string_to_array(m.external_id, ','))
  LIMIT 1
) found
