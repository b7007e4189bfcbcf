-- The questions of a bot with their first words, newest first: a new one is compared with them.
SELECT
  q.id,
  q.state::text AS state,
  q.round,
  q.answered_at,
  t.words
FROM open_questions q
CROSS JOIN LATERAL (
  SELECT array_agg(w.question) AS words
  FROM (
    SELECT a.question
    FROM open_question_askers s
    JOIN attention a ON a.id = s.attention_id
    WHERE s.question_id = q.id
    ORDER BY s.asked_at
    LIMIT 3
  ) w
) t
WHERE q.bot_id = :botId
  AND t.words IS NOT NULL
ORDER BY q.updated_at DESC
LIMIT :limit
