-- A page of a bot's questions with their counts: open ones first, then those asked most, then those asked last.
-- A question is named by its first words.
SELECT
  q.id,
  q.state::text AS state,
  w.question,
  n.count,
  n.people,
  n.last_asked_at,
  count(*) OVER ()::int AS total
FROM open_questions q
CROSS JOIN LATERAL (
  SELECT
    count(*)::int AS count,
    count(DISTINCT coalesce(s.customer_id, s.conversation_id))::int AS people,
    max(s.asked_at) AS last_asked_at
  FROM open_question_askers s
  WHERE s.question_id = q.id
) n
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
  AND (:state::text IS NULL OR q.state::text = :state)
  AND (
    :search = ''
    OR EXISTS (
      SELECT 1
      FROM open_question_askers s
      JOIN attention a ON a.id = s.attention_id
      WHERE s.question_id = q.id
        AND a.question ILIKE :search
    )
  )
ORDER BY
  q.state,
  n.count DESC,
  n.last_asked_at DESC,
  q.id
LIMIT :limit
OFFSET :offset
