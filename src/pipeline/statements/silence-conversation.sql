-- Silences the bot in a conversation whose row is locked. :exactly: also shorter than before.
UPDATE conversations
SET silenced_until = CASE
    WHEN :exactly::boolean THEN now() + :silenceMinutes * interval '1 minute'
    ELSE greatest(silenced_until, now() + :silenceMinutes * interval '1 minute')
  END
WHERE id = :conversationId
