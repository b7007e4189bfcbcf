-- Deletes a user, unless they are the last active admin. Returns one row when the user was deleted.
-- A statement, since it runs in one transaction with delete-tenants.
-- The admins' rows are locked in one order: of two admins who leave at once, the second waits and then counts again.
WITH admins AS (
  SELECT id
  FROM users
  WHERE
    is_admin
    AND suspended_at IS NULL
  ORDER BY id
  FOR UPDATE
),
owned AS (
  -- Businesses that nobody else owns.
  SELECT m.tenant_id
  FROM memberships m
  WHERE
    m.user_id = :userId::uuid
    AND m.role = 'owner'
    AND NOT EXISTS (
      SELECT 1
      FROM memberships other
      WHERE
        other.tenant_id = m.tenant_id
        AND other.role = 'owner'
        AND other.user_id <> :userId::uuid
    )
),
deleted AS (
  DELETE FROM users
  WHERE
    id = :userId::uuid
    AND (NOT is_admin OR EXISTS (SELECT 1 FROM admins WHERE admins.id <> :userId::uuid))
  RETURNING id
)
SELECT
  ARRAY(SELECT tenant_id FROM owned)::uuid[] AS owned_tenant_ids,
  -- Deleting the businesses in the same transaction may take longer than a page's statement.
  set_config('statement_timeout', :deleteTimeoutMs::text, true) AS statement_timeout
FROM deleted;
