-- Bots with golden questions that were never asked as they stand now, once none came for the quiet time. The run asks those
-- alone.
WITH fresh AS (
  SELECT
    golden.tenant_id,
    golden.bot_id
  FROM golden_questions AS golden
  WHERE golden.asked_at IS NULL
  GROUP BY 1, 2
  HAVING max(golden.created_at) <= :now::timestamptz - make_interval(secs => :quietSeconds::int)
)
INSERT INTO quality_runs (id, tenant_id, bot_id, reason)
SELECT
  gen_random_uuid(),
  fresh.tenant_id,
  fresh.bot_id,
  'added'
FROM fresh
WHERE
  NOT EXISTS (
    SELECT 1
    FROM quality_runs AS run
    WHERE
      run.bot_id = fresh.bot_id
      AND (
        run.state IN ('waiting', 'running')
        -- The AI did not answer or the day's calls are used up.
        OR (run.state = 'limited' AND run.created_at > :now::timestamptz - interval '1 hour')
      )
  )
ON CONFLICT DO NOTHING;
