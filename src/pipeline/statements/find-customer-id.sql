-- The id that a customer is known by, from any of theirs. The first of the ids decides where two customers have one each.
SELECT platform_user_id
FROM customers
WHERE connection_id = :connectionId
  AND (platform_user_id = ANY(:ids) OR other_id = ANY(:ids))
ORDER BY platform_user_id = (:ids::text[])[1] DESC
LIMIT 1
