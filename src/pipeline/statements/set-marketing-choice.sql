-- The customer told the platform that they want no advertising (:out), or want it again. The first moment stays.
UPDATE customers
SET opted_out_at = CASE WHEN :out::boolean THEN now() END
WHERE connection_id = :connectionId
  AND (platform_user_id = ANY(:ids) OR other_id = ANY(:ids))
  AND (opted_out_at IS NULL) = :out
