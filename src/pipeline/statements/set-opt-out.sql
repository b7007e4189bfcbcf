-- The customer wants no broadcasts any more (:out), or wants them again. The first moment stays.
UPDATE customers
SET opted_out_at = CASE WHEN :out::boolean THEN now() END
WHERE id = :customerId
  AND (opted_out_at IS NULL) = :out
