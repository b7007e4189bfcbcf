-- The file of a person's message, while its platform may still fetch it.
SELECT
  m.tenant_id,
  m.kind,
  m.attachment,
  n.platform
FROM messages m
JOIN connections n ON n.id = m.connection_id
WHERE m.id = :messageId
  AND m.direction = 'out'
  AND m.mode = 'person'
  AND m.created_at > now() - interval '1 day'
