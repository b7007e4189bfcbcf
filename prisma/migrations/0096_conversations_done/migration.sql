-- CreateIndex
CREATE INDEX "conversations_done" ON "conversations"("tenant_id", "last_message_at" DESC) WHERE (done_at IS NOT NULL);
