-- AlterTable
ALTER TABLE "form_keys" ADD COLUMN "flashes" TEXT;
