-- The customer wants to be forgotten. features/privacy erases the customer once the answer is sent.
UPDATE customers
SET forget_asked_at = coalesce(forget_asked_at, now())
WHERE id = :customerId
