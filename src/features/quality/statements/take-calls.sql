-- Of the day's calls for golden questions. Nothing: they are used up. Without a limit they are only counted.
INSERT INTO quality_days (tenant_id, day, calls)
VALUES (:tenantId::uuid, (now() AT TIME ZONE 'UTC')::date, :calls::int)
ON CONFLICT (tenant_id, day) DO UPDATE
  SET calls = quality_days.calls + excluded.calls
  WHERE :limit::int IS NULL OR quality_days.calls < :limit::int
RETURNING calls;
