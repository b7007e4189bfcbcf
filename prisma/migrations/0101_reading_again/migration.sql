-- AlterTable
ALTER TABLE "import_drafts" ADD COLUMN     "entry_id" UUID;

-- AlterTable
ALTER TABLE "knowledge_imports" ADD COLUMN     "weekly" BOOLEAN NOT NULL DEFAULT false;
