-- Questions whose askers were all moved to another.
DELETE FROM open_questions q
WHERE q.tenant_id = :tenantId
  AND q.id = ANY(:ids::uuid[])
  AND NOT EXISTS (SELECT FROM open_question_askers s WHERE s.question_id = q.id)
