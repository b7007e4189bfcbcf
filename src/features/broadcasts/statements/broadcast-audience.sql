-- Counts a bot's customers by what a broadcast to them would do. prepare-broadcast-recipients.sql decides by the same rules.
-- :windowsMs says how long after a customer's last message each channel may be written to freely; a channel without a window
-- is not in it. :byTemplate are the channels on which this broadcast has an approved template for later.
SELECT
  c.connection_id,
  n.platform AS channel,
  s.skip,
  s.skip IS NULL AND w.shut AS by_template,
  count(*) AS count
FROM
  customers c
  JOIN connections n ON n.id = c.connection_id
  -- A private chat has the customer's own id on every platform.
  LEFT JOIN conversations v ON v.connection_id = c.connection_id
    AND v.chat_id = c.platform_user_id
    AND NOT v.is_group
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
  c.tenant_id = :tenantId
  AND c.bot_id = :botId
  AND (:channel::text IS NULL OR n.platform::text = :channel)
  AND (
    :language::text IS NULL
    OR left(CASE WHEN l.known IN ('en', 'ru', 'uz', 'uz-Cyrl') THEN l.known ELSE 'uz' END, 2) = :language
  )
  AND (:activeDays::int IS NULL OR v.last_message_at > now() - :activeDays::int * interval '1 day')
GROUP BY
  1,
  2,
  3,
  4;
