-- One page of customers' conversations, newest first. :search is an ILIKE pattern, '' for all.
-- The page is cut before the last messages are looked up: one index look-up for each line shown, not for each conversation.
SELECT
  page.*,
  m.text AS last_text,
  m.kind AS last_kind,
  m.direction AS last_direction,
  m.mode AS last_mode
FROM
  (
    SELECT
      c.id,
      c.bot_id,
      b.name AS bot_name,
      n.platform,
      nullif(trim(concat_ws(' ', u.first_name, u.last_name)), '') AS customer_name,
      u.username,
      c.needs_person_at,
      c.needs_person_why,
      c.last_message_at,
      CASE WHEN c.silenced_until > now() THEN c.silenced_until END AS silenced_until
    FROM
      conversations c
      JOIN bots b ON b.id = c.bot_id
      JOIN connections n ON n.id = c.connection_id
      LEFT JOIN customers u ON u.id = c.customer_id
    WHERE
      c.tenant_id = :tenantId
      AND (:botId::uuid IS NULL OR c.bot_id = :botId)
      AND (:search = '' OR concat_ws(' ', u.first_name, u.last_name, u.username) ILIKE :search)
      AND (NOT :waitingOnly::boolean OR c.needs_person_at IS NOT NULL)
      AND (NOT :takenOnly::boolean OR c.silenced_until > now())
      AND (:afterAt::timestamptz IS NULL OR (c.last_message_at, c.id) < (:afterAt, :afterId::uuid))
    ORDER BY
      c.last_message_at DESC,
      c.id DESC
    LIMIT :size
  ) page
  LEFT JOIN LATERAL (
    SELECT
      left(text, :previewChars::int) AS text,
      kind,
      direction,
      mode
    FROM
      messages
    WHERE
      conversation_id = page.id
    ORDER BY
      id DESC
    LIMIT 1
  ) m ON true
ORDER BY
  page.last_message_at DESC,
  page.id DESC;
