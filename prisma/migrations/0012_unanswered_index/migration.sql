-- DropIndex
DROP INDEX "messages_unanswered";

-- CreateIndex
CREATE INDEX "messages_unanswered" ON "messages"("conversation_id") WHERE (status = 'received');
