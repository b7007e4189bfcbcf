-- Takes some calls of the UTC day, if there are as many left. The conflict locks the row, so no two processes take the same.
INSERT INTO ai_days AS d (day, scope, calls)
SELECT
  (now() AT TIME ZONE 'UTC')::date,
  :scope,
  :calls::int
WHERE
  :calls <= :most::int
ON CONFLICT (day, scope) DO UPDATE
SET
  calls = d.calls + excluded.calls
WHERE
  d.calls + excluded.calls <= :most
RETURNING
  d.calls;
