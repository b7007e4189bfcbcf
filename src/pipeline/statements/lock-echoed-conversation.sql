-- Locks the conversation of a chat, so that echoes and replies of one chat are judged one after the other.
SELECT id
FROM conversations
WHERE connection_id = :connectionId
  AND chat_id = :chatId
FOR UPDATE
