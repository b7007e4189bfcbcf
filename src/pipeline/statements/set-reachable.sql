-- Notes whether a customer can be written to. :leaseEpoch is the poller's lease; a poller that lost it changes nothing.
UPDATE customers
SET unreachable_at = CASE WHEN :reachable::boolean THEN NULL ELSE now() END
WHERE
  connection_id = :connectionId
  AND platform_user_id = :platformUserId
  AND (
    :leaseEpoch::int IS NULL
    OR EXISTS (SELECT 1 FROM leases l WHERE l.connection_id = :connectionId AND l.epoch = :leaseEpoch)
  );
