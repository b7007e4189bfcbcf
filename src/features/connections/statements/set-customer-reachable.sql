-- A customer blocked the bot, or unblocked it. Without an :epoch a webhook says so, which needs no lease.
UPDATE customers
SET unreachable_at = CASE WHEN :reachable::boolean THEN NULL ELSE now() END
WHERE customers.connection_id = :connectionId
  AND customers.platform_user_id = :platformUserId
  AND (:epoch::int IS NULL OR EXISTS (
    SELECT 1 FROM leases l WHERE l.connection_id = :connectionId AND l.epoch = :epoch
  ))
