-- Records what became of a send. 'pending' tries it again after a pause.
UPDATE desk_messages
SET
  state = :state,
  reason = :reason,
  telegram_id = coalesce(:telegramId::bigint, telegram_id),
  shown = :shown,
  wake_at = now() + :waitMs * interval '1 millisecond',
  sent_at = CASE WHEN :state = 'sent' THEN now() END
WHERE id = :id::uuid
  AND state = 'sending'
