-- The conversations of a page of the list, for one member. Each row looks up its newest message, and the newest of the customer.
-- :matches: the messages to show in their place, of a search; 0 where the newest stands.
SELECT
  c.id,
  c.bot_id,
  b.name AS bot_name,
  n.platform,
  coalesce(c.chat_title, nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '')) AS customer_name,
  CASE WHEN NOT c.is_group THEN u.username END AS username,
  c.is_group,
  c.needs_person_at,
  c.needs_person_why,
  c.last_message_at,
  CASE WHEN c.silenced_until > now() THEN c.silenced_until END AS silenced_until,
  coalesce(f.id, m.id) AS message_id,
  left(CASE WHEN f.id IS NULL THEN m.text ELSE nullif(f.text, '') END, :previewChars::int) AS last_text,
  coalesce(f.kind, m.kind) AS last_kind,
  coalesce(f.direction, m.direction) AS last_direction,
  coalesce(f.mode, m.mode) AS last_mode,
  f.id IS NOT NULL AS is_match,
  s.username AS assigned_to,
  -- What the bot has answered and nobody must look at is not unread.
  coalesce(i.id > coalesce(r.message_id, 0) AND (c.needs_person_at IS NOT NULL OR m.direction = 'in'), false) AS is_unread
FROM
  unnest(:ids::uuid[], :matches::bigint[]) AS page (id, match_id)
  JOIN conversations c ON c.id = page.id
  JOIN bots b ON b.id = c.bot_id
  JOIN connections n ON n.id = c.connection_id
  LEFT JOIN customers u ON u.id = c.customer_id
  LEFT JOIN assignments a ON a.conversation_id = c.id
  LEFT JOIN users s ON s.id = a.user_id
  LEFT JOIN conversation_reads r ON r.conversation_id = c.id AND r.user_id = :userId::uuid
  LEFT JOIN messages f ON f.id = page.match_id AND f.conversation_id = c.id
  LEFT JOIN LATERAL (
    SELECT id, text, kind, direction, mode
    FROM messages
    WHERE conversation_id = c.id
    ORDER BY id DESC
    LIMIT 1
  ) m ON true
  LEFT JOIN LATERAL (
    SELECT id
    FROM messages
    WHERE conversation_id = c.id AND direction = 'in'
    ORDER BY id DESC
    LIMIT 1
  ) i ON true
WHERE
  c.tenant_id = :tenantId
ORDER BY
  c.last_message_at DESC,
  c.id DESC;
