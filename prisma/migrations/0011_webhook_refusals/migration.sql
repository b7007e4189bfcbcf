-- CreateTable
CREATE TABLE "webhook_refusals" (
    "slot" TIMESTAMPTZ(3) NOT NULL,
    "platform" "Platform" NOT NULL,
    "reason" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_refusals_pkey" PRIMARY KEY ("slot","platform","reason")
);
