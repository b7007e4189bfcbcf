-- The questions of a bot with their first words, newest first: a new one is compared with them. Of a question that the AI put
-- together of several, the first words of each.
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
    (
      SELECT a.question
      FROM open_question_askers s
      JOIN attention a ON a.id = s.attention_id
      WHERE s.question_id = q.id
      ORDER BY s.asked_at
      LIMIT 3
    )
    UNION
    (
      SELECT DISTINCT ON (s.merged_from) a.question
      FROM open_question_askers s
      JOIN attention a ON a.id = s.attention_id
      WHERE s.question_id = q.id
        AND s.merged_from IS NOT NULL
      ORDER BY s.merged_from, s.asked_at
      LIMIT 10
    )
  ) w
) t
WHERE q.bot_id = :botId
  AND t.words IS NOT NULL
ORDER BY q.updated_at DESC
LIMIT :limit
