-- Prisma Client sends its own time in place of DEFAULT CURRENT_TIMESTAMP, but leaves any other function to the database.
-- Lines of several processes stand in one list, so the database's clock stamps them all.
ALTER TABLE "audit_lines" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();
