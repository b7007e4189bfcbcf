-- The messages of work that is given up: what waited when it was first claimed, and an unsent reply to it.
-- Later messages get tries of their own. fail-unsettled-messages.sql has the same condition.
SELECT
  m.id
FROM conversation_work w
JOIN messages m ON m.conversation_id = w.conversation_id
WHERE w.conversation_id = :conversationId
  AND w.epoch = :epoch
  AND (
    (m.direction = 'in' AND m.status = 'received' AND m.id <= w.tried_message_id)
    OR (
      m.direction = 'out'
      AND m.status IN ('pending', 'sending')
      AND m.id >= w.first_message_id
      AND (m.mode <> 'person' OR m.id <= w.tried_message_id)
    )
  )
