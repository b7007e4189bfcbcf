-- A group became a supergroup and has another id. The messages there have other numbers, so none can be replied to.
-- :leaseEpoch is the poller's lease; a poller that lost it changes nothing.
WITH moved AS (
  UPDATE conversations
  SET
    chat_id = :movedTo,
    unreachable_at = NULL
  WHERE connection_id = :connectionId
    AND chat_id = :chatId
    AND (
      :leaseEpoch::int IS NULL
      OR EXISTS (SELECT 1 FROM leases l WHERE l.connection_id = :connectionId AND l.epoch = :leaseEpoch)
    )
  RETURNING id
)
UPDATE messages
SET place = NULL
WHERE conversation_id IN (SELECT id FROM moved)
  AND place IS NOT NULL
