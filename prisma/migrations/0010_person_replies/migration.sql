-- AlterEnum
ALTER TYPE "MessageStatus" ADD VALUE 'for_person' BEFORE 'pending';

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "draft_hash" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "messages_one_per_draft" ON "messages"("conversation_id", "draft_hash") WHERE (draft_hash IS NOT NULL);

