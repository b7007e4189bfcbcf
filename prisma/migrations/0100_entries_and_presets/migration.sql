-- AlterTable
ALTER TABLE "bots" ADD COLUMN     "preset" TEXT;

-- AlterTable
ALTER TABLE "knowledge_entries" ADD COLUMN     "has_blanks" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "origin" TEXT NOT NULL DEFAULT 'hand',
ADD COLUMN     "source_name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "valid_until" DATE;
