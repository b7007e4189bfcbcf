-- What the AI said about its answer, and what the answer took. NULL for all other messages and for answers from before.
ALTER TABLE "messages"
  ADD COLUMN "ai_status" TEXT,
  ADD COLUMN "ai_missing" TEXT,
  ADD COLUMN "ai_model" TEXT,
  ADD COLUMN "prompt_tokens" INTEGER,
  ADD COLUMN "answer_tokens" INTEGER,
  ADD COLUMN "ai_ms" INTEGER,
  ADD COLUMN "cost_micro_usd" INTEGER,
  ADD COLUMN "ai_trace" JSONB;
