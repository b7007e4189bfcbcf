// The trail of what people did is the one place that knows who of the team wrote a message. Its line is added right after the
// message, so that the index by business and time finds it.
const LINE_WITHIN = '1 minute';

/** SQL: the user who wrote the person's message `m`; null: unknown, as of what came from the platform's own app. */
export const WRITTEN_BY_SQL = `CASE WHEN m.mode = 'person' AND m.draft_hash IS NOT NULL THEN (
  SELECT coalesce((a.details->>'writtenBy')::uuid, a.actor_id) FROM audit_lines a
  WHERE a.tenant_id = m.tenant_id AND a.created_at BETWEEN m.created_at AND m.created_at + interval '${LINE_WITHIN}'
    AND a.action IN ('conversation.replied', 'conversation.reply_retried') AND a.target_id = m.conversation_id::text
    AND a.details->>'messageId' = m.id::text
  LIMIT 1) END`;
