-- A model answered: what concerned it, or every model, is over.
UPDATE ai_problems
SET
  solved_at = now()
WHERE
  solved_at IS NULL
  AND model IN ('', :model)
RETURNING
  reason;
