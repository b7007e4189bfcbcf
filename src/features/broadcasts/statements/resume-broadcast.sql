-- A broadcast that halted because too many failed goes on all the same: the owner wants it.
UPDATE broadcasts
SET
  state = CASE WHEN reserved IS NULL THEN 'preparing' ELSE 'sending' END::"BroadcastState",
  state_reason = NULL,
  start_checked = start_checked OR coalesce(state_reason IN ('many_failures', 'template'), false)
WHERE
  tenant_id = :tenantId
  AND bot_id = :botId
  AND id = :id
  AND state IN ('paused', 'halted')
RETURNING
  id;
