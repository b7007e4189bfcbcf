-- Bots with golden questions that changed since their last run began, and were left alone for the quiet time. A run that is under
-- way asks about what is gone, so it ends.
WITH changed AS (
  SELECT
    revision.tenant_id,
    revision.bot_id,
    max(revision.created_at) AS changed_at
  FROM revisions AS revision
  WHERE revision.created_at > :now::timestamptz - interval '1 day'
  GROUP BY 1, 2
  HAVING max(revision.created_at) <= :now::timestamptz - make_interval(secs => :quietSeconds::int)
),
due AS (
  SELECT
    changed.tenant_id,
    changed.bot_id
  FROM changed
  WHERE
    EXISTS (SELECT 1 FROM golden_questions AS golden WHERE golden.bot_id = changed.bot_id)
    AND NOT EXISTS (
      SELECT 1
      FROM quality_runs AS run
      WHERE
        run.bot_id = changed.bot_id
        AND (run.state = 'waiting' OR coalesce(run.started_at, run.created_at) >= changed.changed_at)
    )
),
ended AS (
  UPDATE quality_runs AS run
  SET state = 'superseded', finished_at = :now::timestamptz
  FROM due
  WHERE run.bot_id = due.bot_id AND run.state = 'running'
)
INSERT INTO quality_runs (id, tenant_id, bot_id, reason)
SELECT
  gen_random_uuid(),
  due.tenant_id,
  due.bot_id,
  'change'
FROM due
ON CONFLICT DO NOTHING;
