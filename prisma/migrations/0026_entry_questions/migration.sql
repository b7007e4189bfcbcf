-- Questions that customers might ask about an entry, made by the AI or written by the owner, and the work of making them.
CREATE TABLE "entry_questions" (
    "entry_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "suggested" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "own" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "refused" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "summary" TEXT NOT NULL DEFAULT '',
    "made_from" TEXT,
    "done_for" TIMESTAMPTZ(3),
    "run_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "tried_on" DATE,
    "tried_times" INTEGER NOT NULL DEFAULT 0,
    "model" TEXT,
    "prompt_tokens" INTEGER NOT NULL DEFAULT 0,
    "answer_tokens" INTEGER NOT NULL DEFAULT 0,
    "cost_micro_usd" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "entry_questions_pkey" PRIMARY KEY ("entry_id")
);

CREATE INDEX "entry_questions_due" ON "entry_questions"("run_at") WHERE run_at IS NOT NULL;
CREATE INDEX "entry_questions_tenant_id_tried_on_idx" ON "entry_questions"("tenant_id", "tried_on");

ALTER TABLE "entry_questions" ADD CONSTRAINT "entry_questions_entry_id_fkey"
  FOREIGN KEY ("entry_id") REFERENCES "knowledge_entries"("id") ON DELETE CASCADE ON UPDATE CASCADE;
