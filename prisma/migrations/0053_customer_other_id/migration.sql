-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "other_id" TEXT;

-- CreateIndex
CREATE INDEX "customers_other_id" ON "customers"("connection_id", "other_id") WHERE (other_id IS NOT NULL);
