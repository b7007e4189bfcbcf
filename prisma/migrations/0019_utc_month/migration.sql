-- The first day of the UTC month of a moment: the key of usage_months. core/time.ts has the same rule in monthOf; a test compares both.
CREATE FUNCTION utc_month(moment TIMESTAMPTZ)
RETURNS DATE
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT date_trunc('month', moment AT TIME ZONE 'UTC')::date;
$$;
