-- What customers ask every day, filled in by the owner on one form: hours, addresses, telephones, payment, delivery.
CREATE TABLE "business_facts" (
  "bot_id" UUID NOT NULL,
  "tenant_id" UUID NOT NULL,
  "facts" JSONB NOT NULL,
  "time_zone" TEXT NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

  CONSTRAINT "business_facts_pkey" PRIMARY KEY ("bot_id")
);

ALTER TABLE "business_facts" ADD CONSTRAINT "business_facts_bot_id_fkey"
  FOREIGN KEY ("bot_id") REFERENCES "bots" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
