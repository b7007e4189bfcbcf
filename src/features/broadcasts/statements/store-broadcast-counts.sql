-- The counts that lists show. A broadcast's own page counts anew.
UPDATE broadcasts
SET
  counts = (
    SELECT
      coalesce(jsonb_object_agg(state, n), '{}')
    FROM
      (SELECT state, count(*) AS n FROM broadcast_recipients WHERE broadcast_id = :id GROUP BY state) c
  )
WHERE
  id = :id;
