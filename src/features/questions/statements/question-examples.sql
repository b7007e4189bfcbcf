-- The last times that a question was asked, in different words where there are some.
SELECT
  x.words,
  x.conversation_id,
  x.asked_at,
  x.platform
FROM (
  SELECT DISTINCT ON (lower(a.question))
    a.question AS words,
    s.conversation_id,
    s.asked_at,
    n.platform::text AS platform
  FROM open_question_askers s
  JOIN attention a ON a.id = s.attention_id
  JOIN conversations c ON c.id = s.conversation_id
  JOIN connections n ON n.id = c.connection_id
  WHERE s.tenant_id = :tenantId
    AND s.question_id = :questionId
  ORDER BY lower(a.question), s.asked_at DESC
) x
ORDER BY x.asked_at DESC
LIMIT :limit
