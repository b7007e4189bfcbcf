-- Records in the activity log that nobody polled a bot for :gapMs, which ends now. The bot's overview shows it.
INSERT INTO audit_lines (tenant_id, actor_kind, action, target_type, target_id, details)
SELECT
  c.tenant_id,
  'system',
  'connection.gap',
  'connection',
  c.id,
  json_build_object('botId', c.bot_id, 'from', now() - :gapMs::float8 * interval '1 millisecond', 'until', now())
FROM connections c
JOIN leases l ON l.connection_id = c.id
WHERE c.id = :connectionId
  AND l.epoch = :epoch
