-- After the pause one process asks once; the others wait for what comes of it.
UPDATE ai_problems
SET
  ask_again_at = now() + :probeMs * interval '1 millisecond'
WHERE
  reason = :reason
  AND model = :model
  AND ask_again_at <= now()
RETURNING
  reason;
