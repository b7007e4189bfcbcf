-- Names of deleted bots, which the activity log keeps.
SELECT
  target_id AS id,
  details ->> 'name' AS name,
  NULL AS platform
FROM audit_lines
WHERE
  tenant_id = ANY(:tenantIds::uuid[])
  AND action = 'bot.deleted'
  AND target_id = ANY(:ids::text[]);
