-- The user who wrote a staff reply. Null: unknown, as for messages written in the platform's own app.
-- Only the activity log knows the writer. Its line is added right after the message, so the index by tenant and time finds it.
SELECT
  CASE WHEN m.mode = 'person' AND m.draft_hash IS NOT NULL THEN (
    SELECT coalesce((a.details->>'writtenBy')::uuid, a.actor_id)
    FROM audit_lines a
    WHERE a.tenant_id = m.tenant_id
      AND a.created_at BETWEEN m.created_at AND m.created_at + interval '1 minute'
      AND a.action IN ('conversation.replied', 'conversation.reply_retried')
      AND a.target_id = m.conversation_id::text
      AND a.details->>'messageId' = m.id::text
    LIMIT 1
  ) END AS user_id
FROM messages m
WHERE m.conversation_id = :conversationId
  AND m.id = :messageId
