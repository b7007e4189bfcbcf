-- The oldest held question of a conversation, with its messages and the history before them.
SELECT
  k.message_id,
  to_json(k.message_ids) AS message_ids,
  coalesce((
    SELECT json_agg(
      json_build_object(
        'id', m.id,
        'externalId', m.external_id,
        'kind', m.kind,
        'text', m.text,
        'attachment', m.attachment,
        'mediaText', m.media_text,
        'refersTo', m.refers_to,
        'senderId', m.customer_id,
        'place', m.place,
        'ageMs', (extract(epoch FROM now() - coalesce(m.written_at, m.created_at)) * 1000)::bigint
      )
      ORDER BY m.id
    )
    FROM messages m
    WHERE m.id = ANY(k.message_ids)
  ), '[]') AS messages,
  coalesce((
    SELECT json_agg(
      json_build_object('role', CASE direction WHEN 'in' THEN 'customer' ELSE 'bot' END, 'text', text, 'at', at)
      ORDER BY id
    )
    FROM (
      SELECT id, direction, text, status, coalesce(written_at, created_at) AS at
      FROM messages
      WHERE conversation_id = k.conversation_id
        AND id < k.message_ids[1]
      ORDER BY id DESC
      LIMIT 24
    ) recent
    WHERE text <> ''
      AND status IN ('answered', 'sent', 'delivered', 'read')
  ), '[]') AS history
FROM kept_questions k
WHERE k.conversation_id = :conversationId
  AND k.state = 'waiting'
ORDER BY k.message_id
LIMIT 1
