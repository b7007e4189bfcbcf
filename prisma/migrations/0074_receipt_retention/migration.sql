-- Receipts of payments are erased some time after the decision. The row stays: who asked for which plan, and what was decided.
ALTER TABLE "upgrade_requests" ADD COLUMN "receipt_erased_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "upgrade_requests_kept_receipts" ON "upgrade_requests"("decided_at") WHERE (receipt_erased_at IS NULL AND decided_at IS NOT NULL);
