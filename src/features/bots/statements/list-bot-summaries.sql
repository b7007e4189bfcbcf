-- A tenant's bots as lists show them, newest first. One statement, since Prisma would read every conversation to find the latest.
SELECT
  b.id,
  b.name,
  left(b.system_prompt, :promptChars::int) AS system_prompt,
  (
    SELECT count(*)
    FROM knowledge_entries k
    WHERE k.bot_id = b.id
  ) AS knowledge_count,
  (
    SELECT c.last_message_at
    FROM conversations c
    WHERE
      c.bot_id = b.id
      AND c.connection_id IS NOT NULL
    ORDER BY c.last_message_at DESC
    LIMIT 1
  ) AS last_message_at,
  -- The keys of the objects are names of TypeScript: only columns change from snake_case.
  coalesce(
    (
      SELECT
        json_agg(
          json_build_object(
            'id', n.id,
            'platform', n.platform,
            'username', n.username,
            'displayName', n.display_name,
            'state', n.state,
            -- The channel calls us, and has not called yet.
            'isUnfinished', n.state = 'ACTIVE' AND n.verified_at IS NULL AND n.platform = ANY(:callingChannels::"Platform"[]),
            'failureReason', n.failure_reason
          )
          ORDER BY n.id
        )
      FROM connections n
      WHERE n.bot_id = b.id
    ),
    '[]'
  ) AS connections
FROM bots b
WHERE b.tenant_id = :tenantId::uuid
ORDER BY b.id DESC;
