-- The last looks that support took at a business' conversations, as its owner is told of them.
SELECT
  a.created_at AS at,
  u.username AS who,
  c.id AS conversation_id,
  c.bot_id
FROM audit_lines a
LEFT JOIN users u ON u.id = a.actor_id
LEFT JOIN conversations c
  ON c.tenant_id = a.tenant_id
  AND a.target_type = 'conversation'
  AND c.id::text = a.target_id
WHERE
  a.tenant_id = :tenantId::uuid
  AND a.action = 'support.viewed'
ORDER BY
  a.created_at DESC,
  a.id DESC
LIMIT :limit;
