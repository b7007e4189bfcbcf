-- What a connection's channel calls the photo, null when it does not know it yet or has forgotten it.
SELECT
  type,
  CASE
    WHEN (handles -> :connectionId ->> 1)::bigint > extract(epoch FROM now()) * 1000 - :livesMs::bigint
      THEN handles -> :connectionId ->> 0
  END AS handle
FROM
  broadcast_photos
WHERE
  id = :id;
