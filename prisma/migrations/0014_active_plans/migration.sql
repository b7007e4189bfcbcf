-- The plan in force at a moment, of each tenant that has one; the free plan's limits hold for all others.
-- A function and not a view, because callers judge by different moments: now(), or a moment that several statements share.
-- Postgres inlines it, so that it costs no more than the condition written out.
CREATE FUNCTION active_plans(moment TIMESTAMPTZ)
RETURNS TABLE (tenant_id UUID, plan "PlanName", max_bots INT, max_messages INT)
LANGUAGE sql STABLE
AS $$
  SELECT
    s.tenant_id,
    s.type,
    s.max_bots,
    s.max_messages_per_month
  FROM subscriptions s
  WHERE
    s.active
    AND (s.ends_at IS NULL OR s.ends_at > moment)
$$;
