-- Moves the askers of questions to others that ask the same. What was answered or closed meanwhile stays as it is.
-- Who was not told yet counts to the round of the question that they go to.
WITH pair AS (
  SELECT x.*
  FROM json_to_recordset(:pairs::json) AS x (from_id uuid, into_id uuid)
), ready AS (
  SELECT
    p.from_id,
    p.into_id,
    i.round
  FROM pair p
  JOIN open_questions f ON f.id = p.from_id
    AND f.bot_id = :botId
    AND f.tenant_id = :tenantId
    AND f.state = 'open'
    AND f.entry_id IS NULL
    AND f.send_asked_at IS NULL
  JOIN open_questions i ON i.id = p.into_id
    AND i.bot_id = :botId
    AND i.tenant_id = :tenantId
    AND i.state = 'open'
    AND i.send_asked_at IS NULL
  ORDER BY p.from_id
  FOR UPDATE OF f, i
), touched AS (
  UPDATE open_questions q
  SET updated_at = clock_timestamp()
  FROM ready r
  WHERE q.id = r.into_id
)
UPDATE open_question_askers s
SET
  question_id = r.into_id,
  round = CASE WHEN s.told_at IS NULL THEN r.round ELSE s.round END,
  merged_from = coalesce(s.merged_from, r.from_id)
FROM ready r
WHERE s.question_id = r.from_id
RETURNING r.from_id
