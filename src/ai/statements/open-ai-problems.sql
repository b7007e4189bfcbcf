-- What Google refuses to this key, and how long it is not asked.
SELECT
  reason,
  model,
  greatest(0, extract(epoch FROM ask_again_at - now()) * 1000)::float8 AS wait_ms
FROM ai_problems
WHERE
  of_key = :ofKey
  AND solved_at IS NULL;
