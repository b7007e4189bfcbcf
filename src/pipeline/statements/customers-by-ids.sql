-- The customers that have one of the ids, the one who is known by the first of them at the top.
SELECT
  platform_user_id,
  other_id
FROM customers
WHERE connection_id = :connectionId
  AND (platform_user_id = ANY(:ids) OR other_id = ANY(:ids))
ORDER BY
  platform_user_id = (:ids::text[])[1] DESC,
  created_at,
  id
