-- Which of these customers have no name stored.
SELECT platform_user_id
FROM customers
WHERE tenant_id = :tenantId
  AND connection_id = :connectionId
  AND first_name IS NULL
  AND last_name IS NULL
  AND username IS NULL
  AND platform_user_id = ANY(:chatIds)
