-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "forget_asked_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "customers_to_forget" ON "customers"("forget_asked_at") WHERE (forget_asked_at IS NOT NULL);
