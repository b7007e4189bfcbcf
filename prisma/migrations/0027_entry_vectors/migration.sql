-- Embeddings of the passages of entries, for bots whose knowledge does not fit a prompt, and the work of making them.
CREATE TABLE "entry_vectors" (
    "entry_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "model" TEXT,
    "dimensions" INTEGER,
    "vectors" BYTEA,
    "run_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "entry_vectors_pkey" PRIMARY KEY ("entry_id")
);

CREATE INDEX "entry_vectors_due" ON "entry_vectors"("run_at") WHERE run_at IS NOT NULL;
CREATE INDEX "entry_vectors_bot_id_idx" ON "entry_vectors"("bot_id");

ALTER TABLE "entry_vectors" ADD CONSTRAINT "entry_vectors_entry_id_fkey"
  FOREIGN KEY ("entry_id") REFERENCES "knowledge_entries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
