-- Stores the name of a customer that still has none.
UPDATE customers
SET
  first_name = :firstName,
  username = :username
WHERE tenant_id = :tenantId
  AND connection_id = :connectionId
  AND first_name IS NULL
  AND last_name IS NULL
  AND username IS NULL
  AND platform_user_id = :chatId
