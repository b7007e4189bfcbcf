-- Calls of the AI and their tokens, beside the answers. Failed, blocked and repeated calls count too.
ALTER TABLE "usage_months"
  ADD COLUMN "ai_calls" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "prompt_tokens" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "answer_tokens" BIGINT NOT NULL DEFAULT 0;

-- Calls of the AI that processes took for a UTC day, against AI_DAILY_LIMIT. 'all': everybody; 'free': tenants without a plan.
CREATE TABLE "ai_days" (
  "day" DATE NOT NULL,
  "scope" TEXT NOT NULL,
  "calls" INTEGER NOT NULL,
  "noticed_at" TIMESTAMPTZ(3),
  CONSTRAINT "ai_days_pkey" PRIMARY KEY ("day", "scope")
);

-- Questions of a customer that were charged, in all chats of the bot: in the minute that began at ai_minute, and on the UTC day.
ALTER TABLE "customers"
  ADD COLUMN "ai_minute" TIMESTAMPTZ(3),
  ADD COLUMN "ai_minute_questions" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "ai_day" DATE,
  ADD COLUMN "ai_day_questions" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "pause_told_at" TIMESTAMPTZ(3);

-- What the AI saw or heard in a message's files, described once.
ALTER TABLE "messages" ADD COLUMN "media_text" TEXT;
