-- The last questions in words that customers asked a bot and got an answer to, newest first. What a person answered, and what was
-- only a command, is not among them.
SELECT
  question.id::text AS id
FROM messages AS reply
INNER JOIN messages AS question ON question.id = reply.reply_to_id
INNER JOIN connections AS connection ON connection.id = reply.connection_id
WHERE
  connection.tenant_id = :tenantId::uuid
  AND connection.bot_id = :botId::uuid
  AND reply.tenant_id = :tenantId::uuid
  AND reply.direction = 'out'
  AND reply.mode IN ('ai', 'knowledge', 'fallback')
  AND reply.created_at > :since::timestamptz
  AND question.kind = 'text'
  AND question.text <> ''
ORDER BY reply.id DESC
LIMIT :most::int;
