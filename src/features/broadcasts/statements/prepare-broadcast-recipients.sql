-- Writes the next recipients of a broadcast that is being prepared, by the rules of broadcast-audience.sql. :after is the last
-- customer looked at, the zero id at first. The broadcast's row is locked: of two processes one prepares, and the other gets
-- no row.
WITH b AS MATERIALIZED (
  SELECT
    id
  FROM
    broadcasts
  WHERE
    id = :id
    AND state = 'preparing'
    AND coalesce(prepared_to, '00000000-0000-0000-0000-000000000000') = :after
  FOR UPDATE SKIP LOCKED
),
chunk AS MATERIALIZED (
  SELECT
    *
  FROM
    customers
  WHERE
    bot_id = :botId
    AND id > :after
    AND EXISTS (SELECT 1 FROM b)
  ORDER BY
    id
  LIMIT :size
),
written AS (
  INSERT INTO broadcast_recipients (
    broadcast_id,
    connection_id,
    customer_id,
    conversation_id,
    chat_id,
    language,
    by_template,
    state,
    reason
  )
  SELECT
    :id::uuid,
    c.connection_id,
    c.id,
    v.id,
    c.platform_user_id,
    CASE WHEN l.known IN ('en', 'ru', 'uz', 'uz-Cyrl') THEN l.known ELSE 'uz' END,
    s.skip IS NULL AND w.shut,
    CASE WHEN s.skip IS NULL THEN 'queued' ELSE 'skipped' END::"RecipientState",
    s.skip
  FROM
    chunk c
    JOIN connections n ON n.id = c.connection_id
    -- LIMIT 1 makes this an index look-up for each customer. The planner would read all conversations for a chunk.
    LEFT JOIN LATERAL (
      SELECT
        *
      FROM
        conversations
      WHERE
        connection_id = c.connection_id
        AND chat_id = c.platform_user_id
        AND NOT is_group
      LIMIT 1
    ) v ON true
    CROSS JOIN LATERAL (
      SELECT coalesce(v.language, lower(split_part(c.language, '-', 1)), 'uz') AS known
    ) l
    CROSS JOIN LATERAL (
      SELECT
        :windowsMs::jsonb ? n.platform::text
        AND NOT coalesce(
          (
            SELECT coalesce(m.written_at, m.created_at)
            FROM messages m
            WHERE m.conversation_id = v.id AND m.direction = 'in'
            ORDER BY m.id DESC
            LIMIT 1
          )
            > now() - (:windowsMs::jsonb ->> n.platform::text)::bigint * interval '1 ms',
          false
        ) AS shut
    ) w
    CROSS JOIN LATERAL (
      SELECT
        CASE
          WHEN c.unreachable_at IS NOT NULL THEN 'blocked'
          WHEN c.opted_out_at IS NOT NULL THEN 'opted_out'
          WHEN v.id IS NULL THEN 'no_chat'
          WHEN NOT n.enabled OR n.state = 'FAILED' OR NOT n.platform::text = ANY(:ready::text[]) THEN 'connection_off'
          WHEN n.platform::text = ANY(:noPhoto::text[]) THEN 'no_photo'
          WHEN NOT n.platform::text = ANY(:byTemplate::text[]) AND w.shut
            THEN CASE WHEN n.platform::text = ANY(:takesTemplates::text[]) THEN 'no_template' ELSE 'window_closed' END
        END AS skip
    ) s
  WHERE
    (:channel::text IS NULL OR n.platform::text = :channel)
    AND (
      :language::text IS NULL
      OR left(CASE WHEN l.known IN ('en', 'ru', 'uz', 'uz-Cyrl') THEN l.known ELSE 'uz' END, 2) = :language
    )
    AND (:activeDays::int IS NULL OR v.last_message_at > now() - :activeDays::int * interval '1 day')
  ORDER BY
    c.id
  ON CONFLICT (broadcast_id, customer_id) DO NOTHING
),
moved AS (
  UPDATE broadcasts
  SET
    prepared_to = coalesce((SELECT id FROM chunk ORDER BY id DESC LIMIT 1), prepared_to)
  WHERE
    id IN (SELECT id FROM b)
  RETURNING
    prepared_to
)
SELECT
  prepared_to,
  (SELECT count(*) FROM chunk) AS looked
FROM
  moved;
