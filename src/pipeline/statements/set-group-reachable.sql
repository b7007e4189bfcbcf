-- Notes whether the bot may write in a group. :leaseEpoch is the poller's lease; a poller that lost it changes nothing.
UPDATE conversations
SET unreachable_at = CASE WHEN :reachable::boolean THEN NULL ELSE now() END
WHERE
  connection_id = :connectionId
  AND chat_id = :chatId
  AND is_group
  AND (
    :leaseEpoch::int IS NULL
    OR EXISTS (SELECT 1 FROM leases l WHERE l.connection_id = :connectionId AND l.epoch = :leaseEpoch)
  );
