-- How often work was asked for in a conversation. No row: another worker has it.
SELECT requests
FROM conversation_work
WHERE conversation_id = :conversationId
  AND epoch = :epoch
