-- For the sweep that looks for replies without work. It holds only what is being sent.
CREATE INDEX "messages_unsent" ON "messages"("conversation_id") WHERE "status" IN ('pending', 'sending');
