-- Once a night of the business: bots with open questions, of which some were not compared yet.
INSERT INTO question_merges (bot_id, tenant_id, day, run_at)
SELECT
  q.bot_id,
  q.tenant_id,
  (:now::timestamptz AT TIME ZONE t.time_zone)::date,
  :now::timestamptz
FROM open_questions q
JOIN tenants t ON t.id = q.tenant_id
LEFT JOIN question_merges m ON m.bot_id = q.bot_id
WHERE q.state = 'open'
  AND extract(hour FROM :now::timestamptz AT TIME ZONE t.time_zone) BETWEEN :fromHour::int AND :toHour::int
  AND t.suspended_at IS NULL
GROUP BY
  q.bot_id,
  q.tenant_id,
  t.time_zone
HAVING count(*) > 1
  AND max(q.created_at) > coalesce(max(m.compared_to), '-infinity')
ON CONFLICT (bot_id) DO UPDATE SET
  day = excluded.day,
  run_at = excluded.run_at,
  tries = 0
WHERE question_merges.day < excluded.day
