-- The member who has a conversation that is taken over. Only the activity log knows who; its index is on tenant and time.
SELECT
  a.actor_id AS user_id,
  u.username
FROM audit_lines a
JOIN users u ON u.id = a.actor_id
WHERE a.tenant_id = :tenantId::uuid
  AND a.created_at > now() - interval '2 days'
  AND a.target_id = :conversationId::text
  AND a.action IN ('conversation.taken_over', 'conversation.replied', 'conversation.reply_retried')
ORDER BY a.id DESC
LIMIT 1
