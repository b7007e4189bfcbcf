-- The questions of a trial with the answer then and now. Prisma has no relation from a message to its reply.
SELECT
  item.position,
  item.topic,
  coalesce(item.question, question.text) AS question,
  item.demand,
  item.text,
  item.mode,
  item.status,
  item.sources,
  item."right" AS is_right,
  item.why,
  item.asked_at,
  reply.text AS given_text,
  reply.mode AS given_mode,
  reply.ai_status AS given_status,
  question.conversation_id
FROM trial_items AS item
INNER JOIN quality_trials AS trial ON trial.id = item.trial_id
LEFT JOIN messages AS question ON question.id = item.message_id
LEFT JOIN messages AS reply ON reply.reply_to_id = question.id AND reply.direction = 'out'
WHERE
  trial.id = :trialId::uuid
  AND trial.tenant_id = :tenantId::uuid
  AND trial.bot_id = :botId::uuid
ORDER BY item.position;
