-- Drops the held questions of a conversation that need no answer any more, or must not get one.
UPDATE kept_questions k
SET
  state = 'dropped',
  settled_at = now(),
  reason = d.reason
FROM (
  SELECT
    q.message_id,
    CASE
      WHEN q.answer_until <= now() THEN 'too_old'
      WHEN c.silenced_until > now() OR EXISTS (
        SELECT 1
        FROM messages o
        WHERE o.conversation_id = c.id
          AND o.id > q.message_id
          AND o.direction = 'out'
          AND o.mode = 'person'
      ) THEN 'person'
      WHEN EXISTS (
        SELECT 1
        FROM messages o
        WHERE o.conversation_id = c.id
          AND o.id > q.message_id
          AND o.direction = 'out'
          AND o.mode IN ('ai', 'knowledge')
          AND o.status <> 'failed'
          AND o.follow_up_to_id IS NULL
      ) THEN 'answered_since'
    END AS reason
  FROM kept_questions q
  JOIN conversations c ON c.id = q.conversation_id
  WHERE q.conversation_id = :conversationId
    AND q.state = 'waiting'
) d
WHERE k.message_id = d.message_id
  AND k.state = 'waiting'
  AND d.reason IS NOT NULL
