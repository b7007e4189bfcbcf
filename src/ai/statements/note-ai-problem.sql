-- Notes that Google refuses for a reason that only the operator can mend. The clock is the database's, for all processes.
-- A problem that was solved and comes back is told again, at most once an hour.
INSERT INTO ai_problems AS p (reason, model, of_key, since, ask_again_at)
VALUES
  (:reason, :model, :ofKey, now(), now() + :pauseMs * interval '1 millisecond')
ON CONFLICT (reason, model) DO UPDATE
SET
  of_key = excluded.of_key,
  ask_again_at = excluded.ask_again_at,
  since = CASE WHEN p.solved_at IS NULL THEN p.since ELSE now() END,
  noticed_at = CASE WHEN p.solved_at IS NOT NULL AND p.noticed_at < now() - interval '1 hour' THEN NULL ELSE p.noticed_at END,
  solved_at = NULL
RETURNING
  p.reason;
