-- CreateEnum
CREATE TYPE "BroadcastState" AS ENUM ('scheduled', 'preparing', 'sending', 'paused', 'halted', 'finished', 'cancelled');

-- CreateEnum
CREATE TYPE "RecipientState" AS ENUM ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed', 'skipped');

-- DropIndex
DROP INDEX "customers_bot_id_idx";

-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "opted_out_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "usage_months" ADD COLUMN     "broadcast_recipients" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "broadcasts" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "created_by" UUID,
    "draft_id" UUID NOT NULL,
    "content_hash" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "button_label" TEXT,
    "button_url" TEXT,
    "channel" "Platform",
    "language" TEXT,
    "active_days" INTEGER,
    "state" "BroadcastState" NOT NULL,
    "state_reason" TEXT,
    "scheduled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "prepared_to" UUID,
    "reserved" INTEGER,
    "start_checked" BOOLEAN NOT NULL DEFAULT false,
    "counts" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "broadcasts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "broadcast_recipients" (
    "id" BIGSERIAL NOT NULL,
    "broadcast_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "conversation_id" UUID,
    "chat_id" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "state" "RecipientState" NOT NULL,
    "reason" TEXT,
    "external_id" TEXT,
    "claim" UUID,
    "claimed_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "broadcast_recipients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "send_rates" (
    "connection_id" UUID NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "send_rates_pkey" PRIMARY KEY ("connection_id")
);

-- CreateIndex
CREATE INDEX "broadcasts_bot_id_created_at_idx" ON "broadcasts"("bot_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "broadcasts_open" ON "broadcasts"("state") WHERE (state IN ('scheduled', 'preparing', 'sending'));

-- CreateIndex
CREATE UNIQUE INDEX "broadcasts_tenant_id_draft_id_key" ON "broadcasts"("tenant_id", "draft_id");

-- CreateIndex
CREATE INDEX "broadcast_recipients_broadcast_id_connection_id_state_id_idx" ON "broadcast_recipients"("broadcast_id", "connection_id", "state", "id");

-- CreateIndex
CREATE INDEX "broadcast_recipients_sending" ON "broadcast_recipients"("claimed_at") WHERE (state = 'sending');

-- CreateIndex
CREATE INDEX "broadcast_recipients_external" ON "broadcast_recipients"("connection_id", "external_id") WHERE (external_id IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "broadcast_recipients_broadcast_id_customer_id_key" ON "broadcast_recipients"("broadcast_id", "customer_id");

-- CreateIndex
CREATE INDEX "customers_bot_id_id_idx" ON "customers"("bot_id", "id");

-- AddForeignKey
ALTER TABLE "broadcasts" ADD CONSTRAINT "broadcasts_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "broadcast_recipients" ADD CONSTRAINT "broadcast_recipients_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "send_rates" ADD CONSTRAINT "send_rates_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
