-- What tells one state of an entry from another: the transactions that wrote its row and its questions. They change with every
-- write, also by an older version of this program. The bytes need no decompression of a long text. Entries with blanks and those
-- that are not right any more are left out: nothing is answered from them.
SELECT
  e.id,
  e.xmin::text || '.' || coalesce(q.xmin::text, '') AS stamp,
  octet_length(e.title) + octet_length(e.content) + coalesce(pg_column_size(q.own) + pg_column_size(q.suggested), 0) AS bytes,
  (e.valid_until + 1)::timestamp AT TIME ZONE coalesce(f.time_zone, t.time_zone) AS ends_at
FROM knowledge_entries AS e
JOIN tenants AS t
  ON t.id = e.tenant_id
LEFT JOIN business_facts AS f
  ON f.bot_id = e.bot_id
LEFT JOIN entry_questions AS q
  ON q.entry_id = e.id
WHERE
  e.tenant_id = :tenantId::uuid
  AND e.bot_id = :botId::uuid
  AND NOT e.has_blanks
  AND (
    e.valid_until IS NULL
    OR (e.valid_until + 1)::timestamp AT TIME ZONE coalesce(f.time_zone, t.time_zone) > :now::timestamptz
  );
