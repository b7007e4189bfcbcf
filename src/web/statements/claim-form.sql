-- Claims a form for the request that sends it first.
-- `mine`: this request acts on it. `location` and `flashes`: where the first one led and what it said. No row: the first one has
-- only begun.
-- A request that died without an answer holds the form for half a minute.
WITH claimed AS (
  INSERT INTO form_keys (key, claimed_at)
  VALUES (:key, clock_timestamp())
  ON CONFLICT (key) DO UPDATE SET
    location = NULL,
    flashes = NULL,
    claimed_at = clock_timestamp()
  WHERE (form_keys.location IS NULL AND form_keys.claimed_at < clock_timestamp() - interval '30 seconds')
    OR (:again::boolean AND form_keys.location IS NOT NULL)
  RETURNING key
)
SELECT
  true AS mine,
  NULL::text AS location,
  NULL::text AS flashes
FROM claimed
UNION ALL
SELECT
  false,
  k.location,
  k.flashes
FROM form_keys k
WHERE k.key = :key
  AND NOT EXISTS (SELECT 1 FROM claimed)
