-- CreateTable
CREATE TABLE "form_keys" (
    "key" TEXT NOT NULL,
    "location" TEXT,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "form_keys_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "form_keys_claimed_at_idx" ON "form_keys"("claimed_at");
