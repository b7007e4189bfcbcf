-- What the ids in lines of the activity log are called today. A broadcast and a conversation are called by their bot's name.
-- Never a customer's name or anybody's text: admins read this too.
SELECT
  id,
  name,
  NULL AS platform
FROM bots
WHERE tenant_id = ANY(:tenantIds::uuid[]) AND id = ANY(:ids::uuid[])
UNION ALL
SELECT
  x.id,
  b.name,
  NULL
FROM broadcasts x
JOIN bots b ON b.id = x.bot_id
WHERE x.tenant_id = ANY(:tenantIds::uuid[]) AND x.id = ANY(:ids::uuid[])
UNION ALL
SELECT
  x.id,
  b.name,
  NULL
FROM conversations x
JOIN bots b ON b.id = x.bot_id
WHERE x.tenant_id = ANY(:tenantIds::uuid[]) AND x.id = ANY(:ids::uuid[])
UNION ALL
SELECT
  id,
  display_name,
  platform::text
FROM connections
WHERE tenant_id = ANY(:tenantIds::uuid[]) AND id = ANY(:ids::uuid[])
UNION ALL
SELECT
  id,
  username,
  NULL
FROM users
WHERE id = ANY(:ids::uuid[]);
