-- What a person of the business must hear of: written in the statement that saves the reply.
-- grouped_at and carded_at are the marks of its two consumers.
CREATE TYPE "AttentionKind" AS ENUM ('asked', 'unknown', 'partial', 'no_answer', 'failed', 'wrote');
CREATE TABLE "attention" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "message_id" BIGINT NOT NULL,
    "reply_id" BIGINT,
    "kind" "AttentionKind" NOT NULL,
    "question" TEXT NOT NULL,
    "language" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "grouped_at" TIMESTAMPTZ(3),
    "carded_at" TIMESTAMPTZ(3),

    CONSTRAINT "attention_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "attention_message_id_kind_key" ON "attention"("message_id", "kind");
CREATE INDEX "attention_conversation_id_idx" ON "attention"("conversation_id");
CREATE INDEX "attention_tenant_id_id_idx" ON "attention"("tenant_id", "id");
CREATE INDEX "attention_ungrouped" ON "attention"("created_at") WHERE (grouped_at IS NULL);
CREATE INDEX "attention_uncarded" ON "attention"("created_at") WHERE (carded_at IS NULL);
ALTER TABLE "attention" ADD CONSTRAINT "attention_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "attention" ADD CONSTRAINT "attention_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
