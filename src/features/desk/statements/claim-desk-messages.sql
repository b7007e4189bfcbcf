-- Claims messages that are due, the oldest of each desk, and gives what is needed to write and send them.
-- Desks of suspended members and businesses get nothing. A desk gets one message at a time, so they keep their order.
WITH due AS (
  SELECT m.id
  FROM desk_messages m
  JOIN desk_links l ON l.id = m.link_id
  JOIN users u ON u.id = l.user_id
  JOIN tenants t ON t.id = l.tenant_id
  WHERE m.state = 'pending'
    AND m.wake_at <= now()
    AND u.suspended_at IS NULL
    AND t.suspended_at IS NULL
    AND NOT EXISTS (
      SELECT 1
      FROM desk_messages e
      WHERE e.link_id = m.link_id
        AND e.state IN ('pending', 'sending')
        AND (e.state = 'sending' OR (e.created_at, e.id) < (m.created_at, m.id))
    )
  ORDER BY m.created_at
  LIMIT :size
  FOR UPDATE OF m SKIP LOCKED
),
claimed AS (
  UPDATE desk_messages m
  SET
    state = 'sending',
    claimed_at = now(),
    tries = m.tries + 1
  FROM due
  WHERE m.id = due.id
    AND m.state = 'pending'
  RETURNING m.*
)
SELECT
  c.id,
  c.kind,
  c.tenant_id,
  c.conversation_id,
  c.message_id,
  c.content,
  c.tries,
  c.telegram_id,
  c.closed_at,
  c.created_at,
  desk_card_version(c::desk_messages) || coalesce('|' || (c.content ->> 'again'), '') AS version,
  l.id AS link_id,
  l.chat_id,
  l.account_id,
  l.quiet_from,
  l.quiet_until,
  l.user_id,
  u.language,
  t.time_zone,
  n.id AS connection_id,
  n.sealed_secrets,
  -- A further message of a customer stands under the newest card of the conversation.
  CASE WHEN c.kind = 'follow_up' THEN (
    SELECT k.telegram_id
    FROM desk_messages k
    WHERE k.link_id = c.link_id
      AND k.conversation_id = c.conversation_id
      AND k.kind = 'card'
      AND k.telegram_id IS NOT NULL
    ORDER BY k.created_at DESC
    LIMIT 1
  ) END AS under_telegram_id
FROM claimed c
JOIN desk_links l ON l.id = c.link_id
JOIN users u ON u.id = l.user_id
JOIN tenants t ON t.id = l.tenant_id
LEFT JOIN connections n ON n.id = l.connection_id
