-- One page of a bot's entries, newest change first, with the beginning of each content only.
-- Prisma would load every content whole.
SELECT
  e.id,
  e.title,
  left(e.content, :previewChars::int) AS preview,
  e.updated_at,
  e.valid_until,
  coalesce((e.valid_until + 1)::timestamp AT TIME ZONE coalesce(f.time_zone, t.time_zone) <= now(), false) AS is_expired,
  e.has_blanks,
  e.origin,
  e.source_name
FROM knowledge_entries AS e
JOIN tenants AS t
  ON t.id = e.tenant_id
LEFT JOIN business_facts AS f
  ON f.bot_id = e.bot_id
WHERE
  e.tenant_id = :tenantId::uuid
  AND e.bot_id = :botId::uuid
  AND (:ids::uuid[] IS NULL OR e.id = ANY(:ids::uuid[]))
  AND (
    :show::text = ''
    OR e.origin = :show::text
    OR (:show::text = 'blanks' AND e.has_blanks)
    OR (:show::text = 'expiring' AND e.valid_until <= current_date + 14)
  )
ORDER BY
  e.updated_at DESC,
  e.id DESC
LIMIT :limit::int
OFFSET :offset::int;
