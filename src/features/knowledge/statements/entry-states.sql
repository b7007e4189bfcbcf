-- What tells one state of an entry from another: the transactions that wrote its row and its questions. They change with every
-- write, also by an older version of this program. The bytes need no decompression of a long text.
SELECT
  e.id,
  e.xmin::text || '.' || coalesce(q.xmin::text, '') AS stamp,
  octet_length(e.title) + octet_length(e.content) + coalesce(pg_column_size(q.own) + pg_column_size(q.suggested), 0) AS bytes
FROM knowledge_entries AS e
LEFT JOIN entry_questions AS q
  ON q.entry_id = e.id
WHERE
  e.tenant_id = :tenantId::uuid
  AND e.bot_id = :botId::uuid;
