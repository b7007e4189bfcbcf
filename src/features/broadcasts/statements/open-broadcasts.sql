-- The broadcasts of all tenants that a worker has something to do for, and those that are due. Of one bot's several the oldest
-- sends first, so that no customer gets two messages within a second.
SELECT DISTINCT ON (b.bot_id, b.state)
  b.id,
  b.tenant_id,
  b.bot_id,
  b.text,
  b.button_label,
  b.button_url,
  b.photo_id,
  b.template,
  b.channel,
  b.language,
  b.active_days,
  b.state,
  b.prepared_to,
  b.start_checked
FROM
  broadcasts b
  JOIN tenants t ON t.id = b.tenant_id
WHERE
  (b.state IN ('preparing', 'sending') OR (b.state = 'scheduled' AND b.scheduled_at <= now()))
  AND t.suspended_at IS NULL
ORDER BY
  b.bot_id,
  b.state,
  b.started_at,
  b.created_at;
