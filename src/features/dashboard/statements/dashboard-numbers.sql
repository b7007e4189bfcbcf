-- The dashboard's numbers. Each reads the edge of an index, the day's conversations, or a capped number of rows: none grows
-- with all messages. Whether any customer was answered is looked for in the newest 20 conversations.
SELECT
  (
    SELECT count(*)
    FROM conversations
    WHERE
      tenant_id = :tenantId::uuid
      AND connection_id IS NOT NULL
      AND last_message_at >= date_trunc('day', :now::timestamptz AT TIME ZONE :timeZone) AT TIME ZONE :timeZone
  ) AS conversations_today,
  (
    SELECT count(*)
    FROM (
      SELECT 1
      FROM conversations
      WHERE
        tenant_id = :tenantId::uuid
        AND needs_person_at IS NOT NULL
        AND connection_id IS NOT NULL
      LIMIT :cap
    ) capped
  ) AS waiting_total,
  EXISTS (
    SELECT 1
    FROM bots b
    JOIN knowledge_entries k ON k.bot_id = b.id
    WHERE b.tenant_id = :tenantId::uuid
  ) AS has_knowledge,
  EXISTS (
    SELECT 1
    FROM bots b
    JOIN conversations c ON c.bot_id = b.id
    WHERE b.tenant_id = :tenantId::uuid AND c.connection_id IS NULL
  ) AS tried_in_playground,
  EXISTS (
    SELECT 1
    FROM (
      SELECT id
      FROM conversations
      WHERE tenant_id = :tenantId::uuid AND connection_id IS NOT NULL
      ORDER BY last_message_at DESC
      LIMIT 20
    ) c
    CROSS JOIN LATERAL (
      SELECT 1
      FROM messages m
      WHERE
        m.conversation_id = c.id
        AND m.direction = 'out'
        AND m.status IN ('sent', 'delivered', 'read')
      LIMIT 1
    ) answered
  ) AS first_customer_answered;
