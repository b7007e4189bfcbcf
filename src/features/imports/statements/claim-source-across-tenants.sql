-- Takes a source that waits, or one whose process died. Two processes never take the same: the row is locked.
-- By their place in the import, so that a short one does not wait for a long one.
UPDATE import_sources AS s
SET
  state = 'reading',
  taken_until = :now::timestamptz + make_interval(secs => :leaseSeconds::int),
  tries = s.tries + 1
FROM knowledge_imports AS i
WHERE
  i.id = s.import_id
  AND s.id = (
    SELECT due.id
    FROM import_sources AS due
    JOIN knowledge_imports AS of_due
      ON of_due.id = due.import_id
    WHERE
      (due.state = 'waiting' OR (due.state = 'reading' AND due.taken_until <= :now::timestamptz))
      AND of_due.state = 'reading'
    ORDER BY
      due.position,
      due.id
    LIMIT 1
    FOR UPDATE OF due SKIP LOCKED
  )
RETURNING
  s.id,
  s.tenant_id,
  s.import_id,
  i.bot_id,
  i.language,
  s.kind,
  s.name,
  s.tries;
