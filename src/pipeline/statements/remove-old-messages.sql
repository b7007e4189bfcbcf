-- Deletes a bounded number of messages that are older than their bot's retention. Unfinished work stays.
WITH removed AS (
  DELETE FROM messages
  WHERE id IN (
    SELECT m.id
    FROM bots b
    JOIN conversations c ON c.bot_id = b.id
    JOIN messages m ON m.conversation_id = c.id
    WHERE
      b.retention_months IS NOT NULL
      AND m.created_at < :now::timestamptz - b.retention_months * interval '1 month'
      AND m.status NOT IN ('received', 'pending', 'sending')
    LIMIT :batch
  )
  RETURNING 1
)
SELECT count(*) AS removed
FROM removed;
