-- What became of today's messages, in the business' own day. Broadcasts and the playground do not count.
SELECT
  count(*) FILTER (WHERE m.direction = 'in') AS received,
  count(*) FILTER (WHERE m.direction = 'out' AND m.status <> 'failed' AND m.mode IN ('ai', 'knowledge', 'person')) AS answered,
  count(*) FILTER (WHERE m.direction = 'out' AND m.status <> 'failed' AND m.mode = 'ai') AS by_ai,
  count(*) FILTER (WHERE m.direction = 'out' AND m.status <> 'failed' AND m.mode = 'person') AS by_staff,
  count(*) FILTER (
    WHERE
      m.direction = 'out'
      AND (
        m.ai_status = 'wants_person'
        OR m.mode = 'fixed' AND EXISTS (SELECT 1 FROM attention WHERE message_id = m.reply_to_id AND kind = 'asked')
      )
  ) AS handed_over
FROM messages m
WHERE
  m.tenant_id = :tenantId::uuid
  AND m.connection_id IS NOT NULL
  AND m.created_at >= date_trunc('day', :now::timestamptz AT TIME ZONE :timeZone) AT TIME ZONE :timeZone;
