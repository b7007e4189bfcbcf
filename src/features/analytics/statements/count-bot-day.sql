-- Counts one day of all bots whose business is in a time zone: customers' messages (in), our answers (out), customers who wrote
-- (active) and wrote for the first time (new), answers by mode, messages by hour and by language, answers by time taken, and the
-- AI's cost in millionths of a dollar (cost).
-- The day and the mark that it is counted are one statement: run twice or by two processes, the numbers are the same.
WITH seen AS MATERIALIZED (
  SELECT
    n.bot_id,
    (m.created_at AT TIME ZONE :timeZone)::date AS day,
    m.direction = 'in' AS incoming,
    coalesce(m.mode, 'fixed') AS mode,
    -- What became of a question. Small talk, commands and questions back have none.
    CASE
      WHEN m.direction = 'in' THEN NULL
      WHEN m.mode IN ('person', 'knowledge') THEN m.mode
      WHEN m.ai_status = 'wants_person' THEN 'handed'
      WHEN m.ai_status = 'partial' THEN 'partly'
      WHEN m.reason = 'no_knowledge' THEN 'unknown'
      WHEN m.mode = 'ai' AND coalesce(m.ai_status, 'answered') = 'answered' THEN 'answered'
      WHEN m.mode = 'fixed'
        AND EXISTS (SELECT 1 FROM attention WHERE message_id = m.reply_to_id AND kind = 'asked') THEN 'handed'
    END AS outcome,
    extract(hour FROM m.created_at AT TIME ZONE :timeZone)::int AS hour,
    m.took_ms,
    m.cost_micro_usd,
    m.conversation_id,
    coalesce(c.language, 'unknown') AS language,
    (c.created_at AT TIME ZONE :timeZone)::date = (m.created_at AT TIME ZONE :timeZone)::date AS is_first_day
  FROM
    messages m
    JOIN connections n ON n.id = m.connection_id
    JOIN conversations c ON c.id = m.conversation_id
  WHERE
    m.created_at >= (:day::date)::timestamp AT TIME ZONE :timeZone
    AND m.created_at < (:day::date + 1)::timestamp AT TIME ZONE :timeZone
    AND m.tenant_id IN (SELECT id FROM tenants WHERE time_zone = :timeZone)
    -- Broadcasts are no answers, and neither is what failed to go out.
    AND (m.direction = 'in' OR (m.status <> 'failed' AND m.mode IS DISTINCT FROM 'broadcast'))
),
counted (bot_id, day, key, n) AS (
  SELECT bot_id, day, 'in', count(*) FROM seen WHERE incoming GROUP BY 1, 2
  UNION ALL
  SELECT bot_id, day, 'active', count(DISTINCT conversation_id) FROM seen WHERE incoming GROUP BY 1, 2
  UNION ALL
  SELECT bot_id, day, 'new', count(DISTINCT conversation_id) FROM seen WHERE incoming AND is_first_day GROUP BY 1, 2
  UNION ALL
  SELECT bot_id, day, 'hour.' || hour, count(*) FROM seen WHERE incoming GROUP BY 1, 2, hour
  UNION ALL
  SELECT bot_id, day, 'language.' || language, count(*) FROM seen WHERE incoming GROUP BY 1, 2, language
  UNION ALL
  SELECT bot_id, day, 'out', count(*) FROM seen WHERE NOT incoming GROUP BY 1, 2
  UNION ALL
  SELECT bot_id, day, 'cost', sum(cost_micro_usd) FROM seen WHERE cost_micro_usd > 0 GROUP BY 1, 2
  UNION ALL
  SELECT bot_id, day, 'mode.' || mode, count(*) FROM seen WHERE NOT incoming GROUP BY 1, 2, mode
  UNION ALL
  SELECT bot_id, day, 'outcome.' || outcome, count(*) FROM seen WHERE outcome IS NOT NULL GROUP BY 1, 2, outcome
  UNION ALL
  SELECT
    bot_id,
    day,
    'took.' || floor(ln(greatest(took_ms, 1)::float8) / ln(:bucketGrowth::float8))::int,
    count(*)
  FROM
    seen
  WHERE
    NOT incoming
    AND took_ms IS NOT NULL
  GROUP BY
    1,
    2,
    3
),
days AS (
  INSERT INTO bot_days (bot_id, tenant_id, day, counts)
  SELECT
    k.bot_id,
    b.tenant_id,
    k.day,
    jsonb_object_agg(k.key, k.n)
  FROM
    counted k
    JOIN bots b ON b.id = k.bot_id
  GROUP BY
    1,
    2,
    3
  ON CONFLICT (bot_id, day) DO UPDATE
  SET
    counts = excluded.counts
)
INSERT INTO counted_zones (time_zone, until)
VALUES
  (:timeZone, :day::date)
ON CONFLICT (time_zone) DO UPDATE
SET
  until = greatest(counted_zones.until, excluded.until);
