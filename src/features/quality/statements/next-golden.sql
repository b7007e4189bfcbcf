-- The next question of a run; it is also the sign that the run's process lives.
-- Nothing: all are asked, or the run was taken away.
WITH alive AS (
  UPDATE quality_runs
  SET heartbeat_at = now()
  WHERE id = :runId::uuid AND state = 'running'
  RETURNING id, bot_id, reason
)
SELECT
  golden.id,
  golden.question,
  golden.must_contain,
  golden.must_not_contain,
  golden.must_refuse,
  golden.rubric
FROM golden_questions AS golden
INNER JOIN alive ON alive.bot_id = golden.bot_id
WHERE
  (alive.reason <> 'added' OR golden.asked_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM quality_results AS result WHERE result.run_id = alive.id AND result.golden_id = golden.id)
ORDER BY golden.created_at, golden.id
LIMIT 1;
