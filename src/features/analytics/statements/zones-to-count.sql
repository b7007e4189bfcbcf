-- The time zones of all businesses, and the first day of each that is not counted yet.
SELECT
  t.time_zone,
  to_char(coalesce(z.until + 1, (min(t.created_at) AT TIME ZONE t.time_zone)::date), 'YYYY-MM-DD') AS next
FROM
  tenants t
  LEFT JOIN counted_zones z ON z.time_zone = t.time_zone
GROUP BY
  t.time_zone,
  z.until;
