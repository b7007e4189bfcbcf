-- How the first recipients fared.
SELECT
  count(*) FILTER (WHERE state <> 'sending')::int AS settled,
  count(*) FILTER (WHERE state IN ('failed', 'unconfirmed'))::int AS failed
FROM
  broadcast_recipients
WHERE
  broadcast_id = :id
  AND state IN ('sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed');
