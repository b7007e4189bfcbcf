-- Takes work back from workers without a heartbeat, or from all when :everyone. That was a failed try.
-- Returns work that is out of tries. It stays claimed, by the caller.
-- `claimed` is a small part of the table. SKIP LOCKED: its worker is just settling it.
WITH lapsed AS MATERIALIZED (
  SELECT conversation_id
  FROM conversation_work
  WHERE state = 'claimed'
    AND (:everyone::boolean OR heartbeat_at < now() - :heartbeatMs::int * interval '1 ms')
  FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE conversation_work
  SET
    state = CASE WHEN tries + 1 < :maxTries::int THEN 'ready' ELSE 'claimed' END::"WorkState",
    tries = tries + 1,
    epoch = nextval('conversation_work_epoch_seq'),
    wake_at = now(),
    heartbeat_at = CASE WHEN tries + 1 < :maxTries THEN NULL ELSE now() END
  WHERE conversation_id = ANY(ARRAY(SELECT conversation_id FROM lapsed))
  RETURNING
    conversation_id,
    connection_id,
    state,
    epoch,
    tries
)
SELECT
  conversation_id,
  connection_id,
  epoch,
  tries
FROM taken
WHERE state = 'claimed'
