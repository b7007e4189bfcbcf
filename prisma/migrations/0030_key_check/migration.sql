-- One row: a value sealed with the key of this installation. A start with another key finds that it cannot open it.
CREATE TABLE "key_check" (
  "id" INTEGER NOT NULL DEFAULT 1,
  "sealed" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

  CONSTRAINT "key_check_pkey" PRIMARY KEY ("id")
);
