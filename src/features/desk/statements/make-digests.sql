-- Makes the digest of the day for every desk where it is due: after 20:00 of the business, once a day.
-- A desk that was linked after 20:00, and a day on which nothing happened, have none.
WITH due AS (
  UPDATE desk_links l
  SET digest_on = (:now::timestamptz AT TIME ZONE t.time_zone)::date
  FROM tenants t, users u
  WHERE t.id = l.tenant_id
    AND u.id = l.user_id
    AND t.suspended_at IS NULL
    AND u.suspended_at IS NULL
    AND l.broken_at IS NULL
    AND extract(hour FROM :now::timestamptz AT TIME ZONE t.time_zone) >= 20
    AND l.created_at AT TIME ZONE t.time_zone
      < date_trunc('day', :now::timestamptz AT TIME ZONE t.time_zone) + interval '20 hours'
    AND l.digest_on IS DISTINCT FROM (:now::timestamptz AT TIME ZONE t.time_zone)::date
  RETURNING
    l.id,
    l.tenant_id,
    l.digest_on,
    date_trunc('day', :now::timestamptz AT TIME ZONE t.time_zone) AT TIME ZONE t.time_zone AS since
),
numbers AS (
  SELECT
    d.tenant_id,
    m.conversations,
    m.by_ai,
    (
      SELECT count(DISTINCT a.conversation_id)
      FROM attention a
      WHERE a.tenant_id = d.tenant_id AND a.kind = 'asked' AND a.created_at >= d.since
    ) AS handed_off,
    (
      SELECT count(*)
      FROM conversations c
      WHERE c.tenant_id = d.tenant_id AND c.needs_person_at IS NOT NULL AND c.connection_id IS NOT NULL
    ) AS waiting,
    q.top,
    q.questions
  FROM (SELECT DISTINCT tenant_id, since FROM due) d
  CROSS JOIN LATERAL (
    SELECT
      string_agg(concat(q.place, '. ', left(q.words, 120), ' (', q.asked, ')'), E'\n' ORDER BY q.place) AS top,
      jsonb_agg(jsonb_build_object('id', q.id, 'botId', q.bot_id) ORDER BY q.place) AS questions
    FROM (
      SELECT
        o.id,
        o.bot_id,
        count(*) AS asked,
        row_number() OVER (ORDER BY count(*) DESC, o.id) AS place,
        (array_agg(a.question ORDER BY s.asked_at))[1] AS words
      FROM open_questions o
      JOIN open_question_askers s ON s.question_id = o.id
      JOIN attention a ON a.id = s.attention_id
      WHERE o.tenant_id = d.tenant_id AND o.state = 'open'
      GROUP BY o.id
      ORDER BY count(*) DESC, o.id
      LIMIT 3
    ) q
  ) q
  CROSS JOIN LATERAL (
    SELECT
      count(DISTINCT m.conversation_id) FILTER (WHERE m.direction = 'in') AS conversations,
      count(*) FILTER (WHERE m.direction = 'out' AND m.mode = 'ai') AS by_ai
    FROM messages m
    WHERE m.tenant_id = d.tenant_id AND m.created_at >= d.since AND m.connection_id IS NOT NULL
  ) m
)
INSERT INTO desk_messages (
  id,
  tenant_id,
  link_id,
  kind,
  dedupe_key,
  content
)
SELECT
  gen_random_uuid(),
  d.tenant_id,
  d.id,
  'digest',
  'digest:' || d.digest_on,
  jsonb_build_object(
    'key',
    CASE WHEN n.top IS NULL THEN 'desk.digest.text' ELSE 'desk.digest.with_questions' END,
    'questions', coalesce(n.questions, '[]'),
    'params',
    jsonb_build_object(
    'conversations', n.conversations,
    'byAi', n.by_ai,
    'handedOff', n.handed_off,
    'waiting', n.waiting,
    'top', coalesce(n.top, '')
  ))
FROM due d
JOIN numbers n ON n.tenant_id = d.tenant_id
WHERE n.conversations + n.waiting > 0
ON CONFLICT (link_id, dedupe_key) DO NOTHING
RETURNING id
