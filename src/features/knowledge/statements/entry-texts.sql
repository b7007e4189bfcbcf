-- Entries as the search index takes them, with their stamps (see entry-states.sql).
SELECT
  e.id,
  e.title,
  e.content,
  coalesce(q.own || q.suggested, '{}') AS questions,
  e.xmin::text || '.' || coalesce(q.xmin::text, '') AS stamp
FROM knowledge_entries AS e
LEFT JOIN entry_questions AS q
  ON q.entry_id = e.id
WHERE
  e.tenant_id = :tenantId::uuid
  AND e.bot_id = :botId::uuid
  AND e.id = ANY(:ids::uuid[])
ORDER BY
  e.id;
