-- AlterTable
ALTER TABLE "knowledge_imports" ADD COLUMN     "max_pages" INTEGER NOT NULL DEFAULT 0;
