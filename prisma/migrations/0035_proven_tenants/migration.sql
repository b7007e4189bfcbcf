-- When an owner's e-mail or a channel of the business was proven. Until then it has a few AI answers, to try the bot out.
-- Businesses that exist are taken as proven; a registration sets NULL.
ALTER TABLE "tenants" ADD COLUMN "proven_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP;

-- What a deleted business used of its month, by digests of its owner's e-mail and its channels' accounts.
CREATE TABLE "used_answers" (
  "digest" TEXT NOT NULL,
  "month" DATE NOT NULL,
  "answers" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "used_answers_pkey" PRIMARY KEY ("digest", "month")
);
CREATE INDEX "used_answers_created_at_idx" ON "used_answers"("created_at");

CREATE FUNCTION identity_digest(kind TEXT, value TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE
AS $$ SELECT encode(sha256(convert_to(kind || ':' || value, 'UTF8')), 'hex') $$;

-- Who deleted a business and signs up again goes on with what was used of the month.
CREATE FUNCTION carry_used_answers(business UUID, identity TEXT) RETURNS INTEGER
LANGUAGE sql
AS $$
  INSERT INTO usage_months AS u (tenant_id, month, ai_answers)
  SELECT business, a.month, a.answers
  FROM used_answers a
  WHERE a.digest = identity
    AND a.month = utc_month(now())
  ON CONFLICT (tenant_id, month) DO UPDATE SET
    ai_answers = greatest(u.ai_answers, excluded.ai_answers)
  RETURNING u.ai_answers
$$;

-- A channel that is proven proves its business. The triggers cover every way to that state.
CREATE FUNCTION prove_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM carry_used_answers(NEW.tenant_id, identity_digest(NEW.platform::text, NEW.account_id));
  UPDATE tenants SET proven_at = now() WHERE id = NEW.tenant_id AND proven_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER connections_prove_tenant_insert AFTER INSERT ON "connections"
  FOR EACH ROW WHEN (NEW.proven_at IS NOT NULL) EXECUTE FUNCTION prove_tenant();
CREATE TRIGGER connections_prove_tenant_update AFTER UPDATE ON "connections"
  FOR EACH ROW WHEN (NEW.proven_at IS NOT NULL AND (OLD.proven_at IS NULL OR OLD.account_id IS DISTINCT FROM NEW.account_id))
  EXECUTE FUNCTION prove_tenant();
