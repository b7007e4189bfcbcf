-- The newest messages of a conversation before :beforeId, newest first.
SELECT
  m.id,
  m.direction,
  m.kind,
  m.text,
  m.attachment,
  m.media_text,
  f.reason AS media_reason,
  m.refers_to,
  nullif(trim(concat_ws(' ', w.first_name, w.last_name)), '') AS writer_name,
  m.status,
  m.mode,
  m.reason,
  m.sources,
  m.correction,
  m.ai_status,
  m.ai_missing,
  m.ai_model,
  m.prompt_tokens,
  m.answer_tokens,
  m.ai_ms,
  m.cost_micro_usd,
  m.ai_trace,
  m.charged_month IS NOT NULL AS charged,
  m.took_ms,
  -- From saving the reply to the platform's word.
  (extract(epoch FROM m.sent_at - m.created_at) * 1000)::int AS sent_ms,
  m.created_at,
  m.written_at,
  q.text AS question,
  k.state AS kept,
  -- Only the activity log knows who of the staff wrote a message. Its line is added right after the message, so the index on
  -- tenant and time finds it. Messages written in the platform's own app have no draft and no author.
  CASE
    WHEN m.mode = 'person' AND m.draft_hash IS NOT NULL THEN (
      SELECT
        u.username
      FROM
        audit_lines a
        JOIN users u ON u.id = coalesce((a.details ->> 'writtenBy')::uuid, a.actor_id)
      WHERE
        a.tenant_id = m.tenant_id
        AND a.created_at BETWEEN m.created_at AND m.created_at + interval '1 minute'
        AND a.action IN ('conversation.replied', 'conversation.reply_retried')
        AND a.target_id = m.conversation_id::text
        AND a.details ->> 'messageId' = m.id::text
      LIMIT 1
    )
  END AS written_by
FROM
  messages m
  JOIN conversations v ON v.id = m.conversation_id
  -- Only a group has several writers.
  LEFT JOIN customers w ON v.is_group AND m.direction = 'in' AND w.id = m.customer_id
  LEFT JOIN messages q ON q.id = coalesce(m.reply_to_id, m.follow_up_to_id) AND q.conversation_id = m.conversation_id
  LEFT JOIN kept_questions k ON k.message_id = coalesce(m.reply_to_id, CASE WHEN m.status = 'ignored' THEN m.id END)
  LEFT JOIN media_files f ON f.message_id = m.id
WHERE
  m.tenant_id = :tenantId
  AND m.conversation_id = :conversationId
  AND (:beforeId::bigint IS NULL OR m.id < :beforeId)
ORDER BY
  m.id DESC
LIMIT :size;
