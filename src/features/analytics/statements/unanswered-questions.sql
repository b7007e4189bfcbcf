-- The newest questions of a period to which nothing in the knowledge fitted. Each connection is read through its own index.
SELECT
  left(q.text, :questionChars::int) AS text,
  q.created_at AS at,
  q.conversation_id
FROM
  connections n
  CROSS JOIN LATERAL (
    SELECT
      id,
      reply_to_id
    FROM
      messages
    WHERE
      connection_id = n.id
      AND reason = 'no_knowledge'
      AND tenant_id = :tenantId
      AND created_at >= :from::date::timestamp AT TIME ZONE :timeZone
      AND created_at < (:until::date + 1)::timestamp AT TIME ZONE :timeZone
    ORDER BY
      id DESC
    LIMIT :maxQuestions
  ) a
  JOIN messages q ON q.id = a.reply_to_id AND q.tenant_id = :tenantId
WHERE
  n.tenant_id = :tenantId
  AND n.bot_id = :botId
  AND q.text <> ''
ORDER BY
  a.id DESC
LIMIT :maxQuestions;
