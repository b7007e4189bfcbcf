-- Halts a broadcast that is being sent. The reasons of a bad start count until the start is checked.
UPDATE broadcasts
SET
  state = 'halted',
  state_reason = :reason
WHERE
  id = :id
  AND state = 'sending'
  AND (:reason::text NOT IN ('many_failures', 'template') OR NOT start_checked)
RETURNING
  id;
