-- The open questions that were asked in the last day, most asked first, of businesses where it is the given hour or later: no
-- process may have run at the hour itself.
WITH asked AS (
  SELECT
    t.id AS tenant_id,
    (:now::timestamptz AT TIME ZONE t.time_zone)::date AS day,
    q.id,
    q.bot_id,
    b.name AS bot_name,
    w.question,
    n.count
  FROM tenants t
  JOIN open_questions q ON q.tenant_id = t.id
    AND q.state = 'open'
  JOIN bots b ON b.id = q.bot_id
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count
    FROM open_question_askers
    WHERE question_id = q.id
      AND asked_at > :now::timestamptz - interval '1 day'
  ) n
  CROSS JOIN LATERAL (
    SELECT a.question
    FROM open_question_askers s
    JOIN attention a ON a.id = s.attention_id
    WHERE s.question_id = q.id
    ORDER BY s.asked_at, s.attention_id
    LIMIT 1
  ) w
  WHERE extract(hour FROM :now::timestamptz AT TIME ZONE t.time_zone) >= :hour::int
    AND t.suspended_at IS NULL
    AND n.count > 0
)
SELECT
  tenant_id,
  to_char(day, 'YYYY-MM-DD') AS day,
  count(*)::int AS total,
  to_json((array_agg(
    json_build_object('id', id, 'botId', bot_id, 'botName', bot_name, 'words', question, 'count', count)
    ORDER BY count DESC, id
  ))[1:5]) AS top
FROM asked
GROUP BY tenant_id, day
