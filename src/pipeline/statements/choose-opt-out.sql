-- The staff notes that a customer wants no broadcasts any more (:out), or wants them again. No row: it was so.
UPDATE customers
SET opted_out_at = CASE WHEN :out::boolean THEN now() END
WHERE tenant_id = :tenantId
  AND id = :customerId
  AND (opted_out_at IS NULL) = :out
RETURNING id
