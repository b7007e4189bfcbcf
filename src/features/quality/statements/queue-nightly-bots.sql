-- Once a night, at the given hour of the business: bots with golden questions that changed in the last day, or whose last run met
-- the day's limit.
INSERT INTO quality_runs (id, tenant_id, bot_id, reason)
SELECT
  gen_random_uuid(),
  bot.tenant_id,
  bot.id,
  'nightly'
FROM bots AS bot
INNER JOIN tenants AS tenant ON tenant.id = bot.tenant_id
WHERE
  extract(HOUR FROM :now::timestamptz AT TIME ZONE tenant.time_zone) = :hour::int
  AND EXISTS (SELECT 1 FROM golden_questions AS golden WHERE golden.bot_id = bot.id)
  AND (
    EXISTS (
      SELECT 1 FROM revisions AS revision
      WHERE revision.bot_id = bot.id AND revision.created_at > :now::timestamptz - interval '1 day'
    )
    OR EXISTS (
      SELECT 1 FROM quality_runs AS run
      WHERE run.bot_id = bot.id AND run.state = 'limited' AND run.created_at > :now::timestamptz - interval '1 day'
    )
  )
  AND NOT EXISTS (
    SELECT 1 FROM quality_runs AS run
    WHERE run.bot_id = bot.id AND run.reason = 'nightly' AND run.created_at > :now::timestamptz - interval '20 hours'
  )
ON CONFLICT DO NOTHING;
