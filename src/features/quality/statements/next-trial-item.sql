-- The next question of a trial; it is also the sign that the trial's process lives. Nothing: all are asked, or it was taken away.
WITH alive AS (
  UPDATE quality_trials
  SET heartbeat_at = now()
  WHERE id = :trialId::uuid AND state = 'running'
  RETURNING id
)
SELECT
  item.position,
  item.topic,
  coalesce(item.question, message.text) AS question,
  item.demand
FROM trial_items AS item
INNER JOIN alive ON alive.id = item.trial_id
LEFT JOIN messages AS message ON message.id = item.message_id
WHERE item.asked_at IS NULL
ORDER BY item.position
LIMIT 1;
