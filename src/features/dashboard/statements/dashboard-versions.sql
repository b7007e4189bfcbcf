-- A version for each business that changes with what its dashboard shows. Each part reads the edge of an index.
SELECT
  t.id,
  md5(
    concat_ws(
      ' ',
      (SELECT concat_ws('.', id, status) FROM messages WHERE tenant_id = t.id ORDER BY created_at DESC LIMIT 1),
      (
        SELECT string_agg(concat_ws('.', w.id, w.needs_person_at), ' ' ORDER BY w.needs_person_at, w.id)
        FROM (
          SELECT
            id,
            needs_person_at
          FROM conversations
          WHERE tenant_id = t.id AND needs_person_at IS NOT NULL AND connection_id IS NOT NULL
          ORDER BY needs_person_at
          LIMIT :cap
        ) w
      ),
      (
        SELECT count(*)
        FROM (
          SELECT 1
          FROM open_questions
          WHERE tenant_id = t.id AND state = 'open'
          LIMIT :cap
        ) q
      ),
      (
        SELECT string_agg(concat_ws('.', n.state, n.failure_reason), ' ' ORDER BY n.id)
        FROM bots b
        JOIN connections n ON n.bot_id = b.id
        WHERE b.tenant_id = t.id
      )
    )
  ) AS version
FROM
  unnest(:tenantIds::uuid[]) AS t (id);
