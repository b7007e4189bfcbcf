-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "parent_account_id" TEXT;

-- CreateIndex
CREATE INDEX "connections_parent_account" ON "connections"("platform", "parent_account_id") WHERE (parent_account_id IS NOT NULL);
