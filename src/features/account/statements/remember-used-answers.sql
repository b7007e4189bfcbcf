-- What the businesses that go with a person used of this month, by digests of the e-mail and of the channels' proven accounts.
-- No more than the free answers: a plan that is bought again begins anew.
WITH owned AS (
  SELECT
    m.tenant_id,
    u.email_key,
    least(a.ai_answers, :freeLimit::int) AS answers
  FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN usage_months a ON a.tenant_id = m.tenant_id
  WHERE
    m.user_id = :userId::uuid
    AND m.role = 'owner'
    AND a.month = utc_month(now())
    AND a.ai_answers > 0
),
identities AS (
  SELECT identity_digest('email', email_key) AS digest, answers
  FROM owned
  UNION ALL
  SELECT identity_digest(c.platform::text, c.account_id), o.answers
  FROM owned o
  JOIN connections c ON c.tenant_id = o.tenant_id
  WHERE
    c.proven_at IS NOT NULL
    AND c.account_id IS NOT NULL
)
INSERT INTO used_answers AS u (digest, month, answers)
SELECT digest, utc_month(now()), max(answers)
FROM identities
GROUP BY digest
ON CONFLICT (digest, month) DO UPDATE
SET
  answers = greatest(u.answers, excluded.answers);
