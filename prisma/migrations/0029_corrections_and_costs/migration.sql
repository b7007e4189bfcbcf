-- What a bot's answer was corrected to: {entryId, answer, mode}. NULL: not corrected.
ALTER TABLE "messages" ADD COLUMN "correction" JSONB;
-- The AI's cost of the month by list prices, and how much of the ceiling the owner was told is used: 0, 80 or 100 percent.
ALTER TABLE "usage_months"
  ADD COLUMN "cost_micro_usd" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "cost_noticed_percent" INTEGER NOT NULL DEFAULT 0;
-- In soʻm a month; NULL: none. Beyond it answers come from knowledge alone.
ALTER TABLE "tenants" ADD COLUMN "cost_ceiling_uzs" INTEGER;
