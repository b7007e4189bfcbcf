-- Businesses that may leave credentials empty and use the installation's own values.
CREATE TABLE "installation_grants" (
  "tenant_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "installation_grants_pkey" PRIMARY KEY ("tenant_id")
);
ALTER TABLE "installation_grants" ADD CONSTRAINT "installation_grants_tenant_id_fkey"
  FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Those that use them already go on. Without a secret of its own a connection uses the installation's token.
INSERT INTO "installation_grants" ("tenant_id")
SELECT DISTINCT "tenant_id"
FROM "connections"
WHERE "secret_last4" = '';

-- The photos of a business are counted at each upload.
CREATE INDEX "broadcast_photos_tenant_id_idx" ON "broadcast_photos"("tenant_id");
