-- Connections whose account another one has taken, each once: the people of the business are told.
UPDATE connections c
SET displaced_at = NULL
FROM bots b
WHERE b.id = c.bot_id
  AND c.displaced_at IS NOT NULL
RETURNING
  c.tenant_id,
  c.bot_id,
  b.name AS bot_name
