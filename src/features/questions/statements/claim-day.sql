-- Claims the mail of the day of a business, or gives it back. No row: another process has it.
-- The business' row is not written, so the mark is on its questions; the lock on the first of them orders two processes.
WITH first AS MATERIALIZED (
  SELECT id
  FROM open_questions
  WHERE tenant_id = :tenantId
  ORDER BY id
  LIMIT 1
  FOR NO KEY UPDATE
)
UPDATE open_questions q
SET mailed_on = CASE WHEN :claim::boolean THEN :day::date END
FROM first f
WHERE q.id = f.id
  AND (NOT :claim OR q.mailed_on IS DISTINCT FROM :day::date)
RETURNING q.id
