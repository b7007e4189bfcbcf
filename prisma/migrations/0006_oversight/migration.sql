-- CreateEnum
CREATE TYPE "UpgradeState" AS ENUM ('open', 'approved', 'refused');

-- AlterTable
ALTER TABLE "bots" ADD COLUMN     "retention_months" INTEGER;

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "noticed_days" INTEGER;

-- AlterTable
ALTER TABLE "usage_months" ADD COLUMN     "noticed_percent" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "upgrade_requests" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "asked_by" UUID,
    "plan" "PlanName" NOT NULL,
    "months" INTEGER NOT NULL,
    "note" TEXT NOT NULL,
    "receipt" BYTEA NOT NULL,
    "receipt_type" TEXT NOT NULL,
    "state" "UpgradeState" NOT NULL DEFAULT 'open',
    "reason" TEXT,
    "decided_by" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upgrade_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message_days" (
    "day" DATE NOT NULL,
    "received" INTEGER NOT NULL,
    "sent" INTEGER NOT NULL,
    "ai_failures" INTEGER NOT NULL,

    CONSTRAINT "message_days_pkey" PRIMARY KEY ("day")
);

-- CreateIndex
CREATE INDEX "upgrade_requests_tenant_id_created_at_idx" ON "upgrade_requests"("tenant_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "upgrade_requests_one_open" ON "upgrade_requests"("tenant_id") WHERE (state = 'open');

-- CreateIndex
CREATE INDEX "messages_created_at_idx" ON "messages" USING BRIN ("created_at");

-- AddForeignKey
ALTER TABLE "upgrade_requests" ADD CONSTRAINT "upgrade_requests_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
