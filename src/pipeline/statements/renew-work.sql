-- The worker still works on these conversations.
UPDATE conversation_work w
SET heartbeat_at = now()
FROM unnest(:conversationIds::uuid[], :epochs::bigint[]) AS x (conversation_id, epoch)
WHERE w.conversation_id = ANY(:conversationIds)
  AND w.conversation_id = x.conversation_id
  AND w.epoch = x.epoch
  AND w.state = 'claimed'
