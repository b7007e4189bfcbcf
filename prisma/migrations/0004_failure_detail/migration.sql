-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "failure_detail" TEXT;
