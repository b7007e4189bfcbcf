-- The oldest waiting run, or one whose process died. After lock-runs, so that the installation has no more of them, trials
-- included, than it may.
WITH under_way AS (
  SELECT
    (
      SELECT count(*)
      FROM quality_runs AS run
      WHERE run.state = 'running' AND run.heartbeat_at > now() - make_interval(secs => :deadAfterSeconds::int)
    ) + (
      SELECT count(*)
      FROM quality_trials AS trial
      WHERE trial.state = 'running' AND trial.heartbeat_at > now() - make_interval(secs => :deadAfterSeconds::int)
    ) AS count
),
next AS (
  SELECT run.id
  FROM quality_runs AS run, under_way
  WHERE
    under_way.count < :most::int
    AND (
      (
        run.state = 'waiting'
        AND NOT EXISTS (SELECT 1 FROM quality_runs AS other WHERE other.bot_id = run.bot_id AND other.state = 'running')
      )
      OR (run.state = 'running' AND run.heartbeat_at <= now() - make_interval(secs => :deadAfterSeconds::int))
    )
  ORDER BY run.created_at
  LIMIT 1
  FOR UPDATE OF run SKIP LOCKED
)
UPDATE quality_runs AS run
SET
  state = 'running',
  started_at = coalesce(run.started_at, clock_timestamp()),
  heartbeat_at = now(),
  total = (
    SELECT count(*)
    FROM golden_questions AS golden
    WHERE golden.bot_id = run.bot_id AND (run.reason <> 'added' OR golden.asked_at IS NULL)
  )
FROM next
WHERE run.id = next.id
RETURNING
  run.id,
  run.tenant_id,
  run.bot_id,
  run.reason;
