-- A bot's golden questions with their last two answers, worse ones first.
-- Prisma cannot take the last rows of each group.
SELECT
  golden.id,
  golden.question,
  golden.must_contain,
  golden.must_not_contain,
  golden.must_refuse,
  golden.rubric,
  golden.origin,
  golden.right_text,
  golden.right_at,
  golden.accepted_at,
  latest.answers
FROM golden_questions AS golden
LEFT JOIN LATERAL (
  SELECT json_agg(answer) AS answers
  FROM (
    SELECT
      result.right,
      result.text,
      result.mode,
      result.status,
      result.sources,
      result.missing,
      result.unwanted,
      result.judged_why AS "judgedWhy",
      result.created_at AS "createdAt"
    FROM quality_results AS result
    WHERE result.golden_id = golden.id
    ORDER BY result.created_at DESC
    LIMIT 2
  ) AS answer
) AS latest ON true
WHERE
  golden.tenant_id = :tenantId::uuid
  AND golden.bot_id = :botId::uuid
ORDER BY golden.created_at, golden.id;
