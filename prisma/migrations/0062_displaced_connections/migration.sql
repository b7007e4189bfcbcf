-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "displaced_at" TIMESTAMPTZ(3);
