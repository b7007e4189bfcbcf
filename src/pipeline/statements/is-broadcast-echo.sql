-- One row when an echo belongs to a broadcast: its id is known, or a broadcast message to this chat is being sent.
SELECT 1 AS found
FROM broadcast_recipients
WHERE connection_id = :connectionId
  AND (external_id = :externalId OR (chat_id = :chatId AND state = 'sending'))
LIMIT 1
