-- Nothing: it was superseded, or another process has it.
UPDATE quality_runs
SET state = :state::"QualityRunState", finished_at = now()
WHERE id = :runId::uuid AND state = 'running'
RETURNING worse, "right", wrong;
