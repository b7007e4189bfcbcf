-- CreateEnum
CREATE TYPE "KeptState" AS ENUM ('waiting', 'answered', 'dropped');

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "follow_up_to_id" BIGINT;

-- CreateTable
CREATE TABLE "kept_questions" (
    "message_id" BIGINT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "message_ids" BIGINT[],
    "answer_until" TIMESTAMPTZ(3) NOT NULL,
    "state" "KeptState" NOT NULL DEFAULT 'waiting',
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "kept_questions_pkey" PRIMARY KEY ("message_id")
);

-- CreateTable
CREATE TABLE "support_grants" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "granted_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "support_grants_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "kept_questions_waiting" ON "kept_questions"("tenant_id", "message_id") WHERE (state = 'waiting');

-- CreateIndex
CREATE INDEX "kept_questions_conversation_id_idx" ON "kept_questions"("conversation_id");

-- CreateIndex
CREATE UNIQUE INDEX "support_grants_one" ON "support_grants"("tenant_id") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "messages_one_follow_up" ON "messages"("follow_up_to_id") WHERE (follow_up_to_id IS NOT NULL);

-- AddForeignKey
ALTER TABLE "kept_questions" ADD CONSTRAINT "kept_questions_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "support_grants" ADD CONSTRAINT "support_grants_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
