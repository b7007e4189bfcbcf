-- Adds counts of refused deliveries to the current ten minutes. The database's clock is used, because all processes share it.
-- ORDER BY: processes lock the rows in the same order, so they cannot deadlock.
INSERT INTO webhook_refusals AS r (slot, platform, reason, count, last_at)
SELECT
  date_bin('10 minutes', now(), 'epoch'),
  x.platform::"Platform",
  x.reason,
  x.count,
  now()
FROM unnest(:platforms::text[], :reasons::text[], :counts::int[]) AS x (platform, reason, count)
ORDER BY x.platform, x.reason
ON CONFLICT (slot, platform, reason) DO UPDATE SET
  count = r.count + excluded.count,
  last_at = greatest(r.last_at, excluded.last_at)
