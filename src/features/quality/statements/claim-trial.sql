-- As claim-run, after lock-runs: the oldest waiting trial, or one whose process died.
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
  SELECT trial.id
  FROM quality_trials AS trial, under_way
  WHERE
    under_way.count < :most::int
    AND (
      trial.state = 'waiting'
      OR (trial.state = 'running' AND trial.heartbeat_at <= now() - make_interval(secs => :deadAfterSeconds::int))
    )
  ORDER BY trial.created_at
  LIMIT 1
  FOR UPDATE OF trial SKIP LOCKED
)
UPDATE quality_trials AS trial
SET state = 'running', heartbeat_at = now()
FROM next
WHERE trial.id = next.id
RETURNING
  trial.id,
  trial.tenant_id,
  trial.bot_id,
  trial.system_prompt;
