-- Only while the run is still this process'. `worse`: it was right before, and nobody has accepted since that it is not.
WITH alive AS (
  SELECT run.id FROM quality_runs AS run WHERE run.id = :runId::uuid AND run.state = 'running' FOR UPDATE
),
previous AS (
  SELECT result.right
  FROM quality_results AS result
  WHERE result.golden_id = :goldenId::uuid AND result.run_id <> :runId::uuid
  ORDER BY result.created_at DESC
  LIMIT 1
),
stored AS (
  INSERT INTO quality_results (
    run_id, golden_id, tenant_id, "right", worse, text, mode, status, sources, missing, unwanted, judged_why, created_at
  )
  SELECT
    alive.id,
    :goldenId::uuid,
    :tenantId::uuid,
    :isRight::boolean,
    NOT :isRight::boolean AND coalesce((SELECT previous.right FROM previous), false),
    :text::text,
    :mode::text,
    :status::text,
    :sources::jsonb,
    :missing::text[],
    :unwanted::text[],
    :judgedWhy::text,
    clock_timestamp()
  FROM alive
  ON CONFLICT DO NOTHING
  RETURNING "right", worse, text, created_at
),
counted AS (
  UPDATE quality_runs AS run
  SET
    "right" = run.right + stored.right::int,
    wrong = run.wrong + (NOT stored.right)::int,
    worse = run.worse + stored.worse::int,
    heartbeat_at = now()
  FROM stored
  WHERE run.id = :runId::uuid
)
UPDATE golden_questions AS golden
SET
  asked_at = stored.created_at,
  right_text = CASE WHEN stored.right THEN stored.text ELSE golden.right_text END,
  right_at = CASE WHEN stored.right THEN stored.created_at ELSE golden.right_at END
FROM stored
WHERE golden.id = :goldenId::uuid;
