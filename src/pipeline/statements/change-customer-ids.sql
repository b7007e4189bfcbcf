-- A person has other ids from now on: their customer and conversation are renamed, so that history and opt-out stay.
-- Where the new id has written already, both stay for now, and join-customers.sql makes them one.
WITH person AS (
  SELECT
    id,
    platform_user_id,
    opted_out_at,
    language
  FROM customers
  WHERE connection_id = :connectionId
    AND (platform_user_id = ANY(:was) OR other_id = ANY(:was))
  ORDER BY platform_user_id = ANY(:was) DESC
  LIMIT 1
), taken AS (
  SELECT id
  FROM customers
  WHERE connection_id = :connectionId
    AND platform_user_id = :platformUserId
    AND id NOT IN (SELECT id FROM person)
), chat AS (
  UPDATE conversations
  SET chat_id = :platformUserId
  WHERE connection_id = :connectionId
    AND chat_id = (SELECT platform_user_id FROM person)
    AND NOT is_group
    AND NOT EXISTS (SELECT 1 FROM taken)
    AND NOT EXISTS (
      SELECT 1
      FROM conversations
      WHERE connection_id = :connectionId
        AND chat_id = :platformUserId
    )
), told AS (
  UPDATE customers c
  SET
    opted_out_at = coalesce(c.opted_out_at, p.opted_out_at),
    language = coalesce(c.language, p.language),
    other_id = coalesce(:otherId, c.other_id)
  FROM person p
  WHERE c.id IN (SELECT id FROM taken)
)
UPDATE customers
SET
  platform_user_id = :platformUserId,
  other_id = :otherId,
  unreachable_at = NULL
WHERE id = (SELECT id FROM person)
  AND NOT EXISTS (SELECT 1 FROM taken)
