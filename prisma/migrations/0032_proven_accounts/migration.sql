-- An account belongs to the connection whose credentials the platform confirmed for it. Claims without proof may be many.
ALTER TABLE "connections" ADD COLUMN "proven_at" TIMESTAMPTZ(3);

-- The name comes from the platform's confirmation. A row that waits for its first message is checked again, and proven then.
UPDATE "connections"
SET "proven_at" = now()
WHERE "state" = 'ACTIVE'
  OR ("display_name" IS NOT NULL AND NOT ("state" = 'PENDING' AND "first_message_at" IS NULL));

DROP INDEX "connections_platform_account_id_key";
CREATE INDEX "connections_platform_account_id_idx" ON "connections"("platform", "account_id");
CREATE UNIQUE INDEX "connections_proven_account" ON "connections"("platform", "account_id") WHERE (proven_at IS NOT NULL);

-- A connection becomes active only after the platform confirmed it. The trigger covers every way to that state.
CREATE FUNCTION prove_active_connection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.proven_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER connections_prove_active BEFORE INSERT OR UPDATE OF state ON "connections"
  FOR EACH ROW WHEN (NEW.state = 'ACTIVE' AND NEW.proven_at IS NULL) EXECUTE FUNCTION prove_active_connection();

-- Nothing is said on a connection whose account another one has proven.
CREATE OR REPLACE FUNCTION is_stopped(enabled BOOLEAN, failure_reason TEXT, suspended_at TIMESTAMPTZ)
RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE
AS $$
  SELECT NOT enabled OR suspended_at IS NOT NULL
    OR coalesce(failure_reason IN ('plan_limit', 'token_revoked', 'claimed_elsewhere'), FALSE)
$$;
