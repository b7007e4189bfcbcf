-- A version for each conversation that exists. It changes with whatever the conversation's page shows.
-- xmin is the transaction that wrote a row last, so nobody who writes has to keep a version. Of the connection only what
-- matters counts, since its row has a heartbeat.
SELECT
  c.id,
  md5(
    concat_ws(
      ' ',
      c.xmin,
      u.xmin,
      n.enabled,
      n.failure_reason,
      c.silenced_until > now(),
      (SELECT xmin FROM assignments WHERE conversation_id = c.id),
      (SELECT concat_ws('.', count(*), max(id)) FROM notes WHERE conversation_id = c.id),
      (SELECT concat_ws('.', count(*), max(id)) FROM notes WHERE customer_id = c.customer_id),
      (SELECT person_id FROM person_links WHERE customer_id = c.customer_id),
      (SELECT string_agg(xmin::text, '.' ORDER BY field_id) FROM customer_values WHERE customer_id = c.customer_id),
      (SELECT string_agg(label_id::text, '.' ORDER BY label_id) FROM conversation_labels WHERE conversation_id = c.id),
      (
        SELECT
          string_agg(concat_ws('.', m.id, m.changed, k.state), ' ' ORDER BY m.id)
        FROM
          (
            SELECT
              id,
              reply_to_id,
              status,
              xmin AS changed
            FROM
              messages
            WHERE
              conversation_id = c.id
            ORDER BY
              id DESC
            LIMIT :messages
          ) m
          LEFT JOIN kept_questions k ON k.message_id = coalesce(m.reply_to_id, CASE WHEN m.status = 'ignored' THEN m.id END)
      )
    )
  ) AS version
FROM
  unnest(:tenantIds::uuid[], :botIds::uuid[], :ids::uuid[]) AS w (tenant_id, bot_id, id)
  JOIN conversations c ON c.id = w.id
    AND c.tenant_id = w.tenant_id
    AND (w.bot_id IS NULL OR c.bot_id = w.bot_id)
  JOIN connections n ON n.id = c.connection_id
  LEFT JOIN customers u ON u.id = c.customer_id;
