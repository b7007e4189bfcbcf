-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "silenced_until" TIMESTAMPTZ(3);
