-- The open questions of a bot that were asked last, each with its first words.
SELECT
  q.id,
  w.question AS words,
  q.created_at,
  q.entry_id IS NOT NULL AS has_entry
FROM open_questions q
CROSS JOIN LATERAL (
  SELECT a.question
  FROM open_question_askers s
  JOIN attention a ON a.id = s.attention_id
  WHERE s.question_id = q.id
  ORDER BY s.asked_at, s.attention_id
  LIMIT 1
) w
WHERE q.tenant_id = :tenantId
  AND q.bot_id = :botId
  AND q.state = 'open'
  AND q.send_asked_at IS NULL
ORDER BY q.updated_at DESC, q.id
LIMIT :limit
