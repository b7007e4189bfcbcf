-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "done_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "conversations_open" ON "conversations"("tenant_id", "last_message_at" DESC) WHERE (done_at IS NULL);
