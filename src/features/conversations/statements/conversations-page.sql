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
      coalesce(c.chat_title, nullif(trim(concat_ws(' ', c.chat_title, u.first_name, u.last_name)), '')) AS customer_name,
      CASE WHEN NOT c.is_group THEN u.username END AS username,
      c.is_group,
      c.needs_person_at,
      c.needs_person_why,
      c.last_message_at,
      CASE WHEN c.silenced_until > now() THEN c.silenced_until END AS silenced_until
    FROM
      (
        -- A search looks at the newest conversations only, so that its cost has a bound.
        SELECT *
        FROM conversations
        WHERE
          tenant_id = :tenantId
          AND connection_id IS NOT NULL
          AND (:botId::uuid IS NULL OR bot_id = :botId)
          AND (NOT :waitingOnly::boolean OR needs_person_at IS NOT NULL)
          AND (NOT :takenOnly::boolean OR silenced_until > now())
          AND (:afterAt::timestamptz IS NULL OR (last_message_at, id) < (:afterAt, :afterId::uuid))
        ORDER BY
          last_message_at DESC,
          id DESC
        LIMIT CASE WHEN :search = '' THEN NULL ELSE :searched::int END
      ) c
      JOIN bots b ON b.id = c.bot_id
      JOIN connections n ON n.id = c.connection_id
      LEFT JOIN customers u ON u.id = c.customer_id
    WHERE
      :search = ''
      OR concat_ws(' ', u.first_name, u.last_name, u.username) ILIKE :search
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
