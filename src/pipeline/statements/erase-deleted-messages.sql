-- Erases the content of messages that their customers deleted. The row stays. An unanswered message is never answered.
WITH erased AS (
  UPDATE messages
  SET
    text = '',
    attachment = NULL,
    media_text = NULL,
    refers_to = NULL,
    kind = 'deleted',
    status = CASE status WHEN 'received' THEN 'ignored' ELSE status END
  WHERE connection_id = :connectionId
    AND direction = 'in'
    AND external_id = ANY(:externalIds)
  RETURNING id, conversation_id
), unquoted AS (
  -- Later messages may quote it.
  UPDATE messages
  SET refers_to = NULL
  WHERE conversation_id IN (SELECT conversation_id FROM erased)
    AND refers_to ->> 'externalId' = ANY(:externalIds)
    AND id NOT IN (SELECT id FROM erased)
), replies AS (
  SELECT r.id
  FROM erased e
  CROSS JOIN LATERAL (
    SELECT id
    FROM messages
    WHERE conversation_id = e.conversation_id
      AND id > e.id
      AND direction = 'out'
    ORDER BY id
    LIMIT 1
  ) r
), files AS (
  DELETE FROM media_files
  WHERE message_id IN (SELECT id FROM erased)
), suggested AS (
  DELETE FROM suggestions
  WHERE message_id IN (SELECT id FROM erased)
), unsent AS (
  -- An answer that waits for its next try is about words that are gone.
  UPDATE messages
  SET
    status = 'failed',
    reason = 'withdrawn'
  WHERE reply_to_id IN (SELECT id FROM erased)
    AND status = 'pending'
), forgotten AS (
  DELETE FROM attention
  WHERE message_id IN (SELECT id FROM erased)
    OR (conversation_id IN (SELECT conversation_id FROM erased) AND reply_id IN (SELECT id FROM replies))
), untold AS (
  -- The desk shows its cards anew, without the words.
  UPDATE desk_messages
  SET
    content = content - 'question',
    shown = NULL
  WHERE message_id IN (SELECT id FROM erased)
)
-- The bot's next reply may hold the question in other words.
UPDATE messages
SET ai_missing = NULL
WHERE id IN (SELECT id FROM replies)
  AND ai_missing IS NOT NULL
