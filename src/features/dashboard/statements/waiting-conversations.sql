-- The conversations that have waited longest for staff, or that the bot itself has not answered for minutes.
-- Five minutes are longer than any answer takes, so that answers in progress are left out.
WITH waiting AS (
  (
    SELECT
      id,
      coalesce(needs_person_why, 'asked') AS why,
      needs_person_at AS since
    FROM conversations
    WHERE
      tenant_id = :tenantId::uuid
      AND needs_person_at IS NOT NULL
      AND connection_id IS NOT NULL
    ORDER BY needs_person_at
    LIMIT :limit
  )
  UNION ALL
  (
    SELECT
      m.conversation_id,
      'unanswered',
      min(m.created_at)
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id
    WHERE
      m.tenant_id = :tenantId::uuid
      AND m.direction = 'in'
      AND m.status = 'received'
      AND c.needs_person_at IS NULL
      AND c.connection_id IS NOT NULL
      AND m.created_at < :now::timestamptz - interval '5 minutes'
    GROUP BY m.conversation_id
    ORDER BY min(m.created_at)
    LIMIT :limit
  )
)
SELECT
  w.id,
  w.why,
  w.since,
  c.bot_id,
  n.platform,
  CASE WHEN NOT c.is_group THEN u.username END AS username,
  coalesce(c.chat_title, nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '')) AS customer_name,
  coalesce(m.texts, '{}') AS last_texts
FROM waiting w
JOIN conversations c ON c.id = w.id
JOIN connections n ON n.id = c.connection_id
LEFT JOIN customers u ON u.id = c.customer_id
LEFT JOIN LATERAL (
  SELECT array_agg(text ORDER BY id DESC) AS texts
  FROM (
    SELECT
      id,
      left(text, 140) AS text
    FROM messages
    WHERE conversation_id = w.id AND direction = 'in' AND text <> '' AND NOT starts_with(text, '/')
    ORDER BY id DESC
    LIMIT 5
  ) newest
) m ON true
ORDER BY w.since
LIMIT :limit;
