-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "chat_title" TEXT,
ADD COLUMN     "source" TEXT,
ADD COLUMN     "unreachable_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "place" JSONB;
