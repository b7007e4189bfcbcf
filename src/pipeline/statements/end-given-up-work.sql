-- Ends work that was given up. Messages that came later are worked on with tries of their own.
WITH held AS MATERIALIZED (
  SELECT
    conversation_id,
    first_message_id,
    requests
  FROM conversation_work
  WHERE conversation_id = :conversationId
    AND epoch = :epoch
  FOR UPDATE
), rest AS (
  SELECT 1
  FROM held h
  JOIN messages m ON m.conversation_id = h.conversation_id
  WHERE h.requests <> :requests
    OR m.status = 'received'
    OR (m.status IN ('pending', 'sending') AND m.id >= h.first_message_id)
  LIMIT 1
), ended AS (
  DELETE FROM conversation_work
  WHERE conversation_id IN (SELECT conversation_id FROM held)
    AND NOT EXISTS (SELECT 1 FROM rest)
)
UPDATE conversation_work
SET
  state = 'ready',
  tries = 0,
  tried_message_id = NULL,
  wake_at = now(),
  heartbeat_at = NULL
WHERE conversation_id IN (SELECT conversation_id FROM held)
  AND EXISTS (SELECT 1 FROM rest)
