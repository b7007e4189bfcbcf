-- A version for each business' inbox. It changes with whatever the first page of the list shows, and with those that wait.
SELECT
  w.tenant_id,
  md5(
    concat_ws(
      ' ',
      (
        SELECT string_agg(concat_ws('.', c.id, c.changed, a.xmin, c.is_silent), ' ')
        FROM (
          SELECT id, xmin AS changed, silenced_until > now() AS is_silent
          FROM conversations
          WHERE tenant_id = w.tenant_id
          ORDER BY last_message_at DESC
          LIMIT :rows
        ) c
        LEFT JOIN assignments a ON a.conversation_id = c.id
      ),
      (
        SELECT string_agg(concat_ws('.', id, changed), ' ')
        FROM (
          SELECT id, xmin AS changed
          FROM conversations
          WHERE tenant_id = w.tenant_id AND needs_person_at IS NOT NULL
          ORDER BY needs_person_at
          LIMIT :rows
        ) waiting
      )
    )
  ) AS version
FROM
  unnest(:tenantIds::uuid[]) AS w (tenant_id);
