-- A receipt never takes back a later one, and what failed for good stays failed. LIMIT 1 makes the planner use the index on
-- external ids for each receipt.
UPDATE broadcast_recipients r
SET
  state = x.state::"RecipientState",
  reason = CASE WHEN x.state = 'failed' THEN x.reason ELSE r.reason END
FROM
  unnest(:connectionIds::uuid[], :externalIds::text[], :states::text[], :reasons::text[])
    AS x (connection_id, external_id, state, reason)
  CROSS JOIN LATERAL (
    SELECT
      id
    FROM
      broadcast_recipients
    WHERE
      connection_id = x.connection_id
      AND external_id = x.external_id
    LIMIT 1
  ) found
WHERE
  r.id = found.id
  AND (
    (x.state = 'failed' AND r.state IN ('sent', 'unconfirmed'))
    OR (
      x.state <> 'failed'
      AND array_position('{sent,delivered,read}', x.state) > array_position('{sent,delivered,read}', r.state::text)
    )
  );
