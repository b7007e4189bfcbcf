-- Where a question was asked in and nobody was told the answer yet, once a conversation, with the latest words.
SELECT
  x.conversation_id AS id,
  x.round,
  x.words,
  x.language,
  c.bot_id,
  n.platform::text AS platform,
  n.enabled AND n.failure_reason IS DISTINCT FROM 'plan_limit' AS connection_on,
  u.unreachable_at IS NOT NULL AS unreachable,
  last_written_at(x.conversation_id) AS last_customer_message_at
FROM (
  SELECT DISTINCT ON (s.conversation_id)
    s.conversation_id,
    s.round,
    a.question AS words,
    a.language
  FROM open_question_askers s
  JOIN attention a ON a.id = s.attention_id
  WHERE s.tenant_id = :tenantId
    AND s.question_id = :questionId
    AND s.told_at IS NULL
  ORDER BY s.conversation_id, s.asked_at DESC
) x
JOIN conversations c ON c.id = x.conversation_id
JOIN connections n ON n.id = c.connection_id
LEFT JOIN customers u ON u.id = c.customer_id
