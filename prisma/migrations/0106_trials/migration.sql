-- AlterTable
ALTER TABLE "golden_questions" ADD COLUMN     "asked_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "quality_trials" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "system_prompt" TEXT,
    "state" "QualityRunState" NOT NULL DEFAULT 'waiting',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "quality_trials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trial_items" (
    "trial_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "topic" TEXT,
    "question" TEXT,
    "demand" TEXT,
    "message_id" BIGINT,
    "text" TEXT,
    "mode" TEXT,
    "status" TEXT,
    "sources" JSONB NOT NULL DEFAULT '[]',
    "right" BOOLEAN,
    "why" TEXT,
    "asked_at" TIMESTAMPTZ(3),

    CONSTRAINT "trial_items_pkey" PRIMARY KEY ("trial_id","position")
);

-- CreateIndex
CREATE INDEX "quality_trials_bot_id_created_at_idx" ON "quality_trials"("bot_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "quality_trials_open" ON "quality_trials"("created_at") WHERE (state = ANY (ARRAY['waiting'::"QualityRunState", 'running'::"QualityRunState"]));

-- CreateIndex
CREATE UNIQUE INDEX "quality_trials_one_open" ON "quality_trials"("bot_id", "kind") WHERE (state = ANY (ARRAY['waiting'::"QualityRunState", 'running'::"QualityRunState"]));

-- CreateIndex
CREATE INDEX "trial_items_message" ON "trial_items"("message_id") WHERE (message_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "golden_questions_never_asked" ON "golden_questions"("bot_id") WHERE (asked_at IS NULL);

-- AddForeignKey
ALTER TABLE "quality_trials" ADD CONSTRAINT "quality_trials_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trial_items" ADD CONSTRAINT "trial_items_trial_id_fkey" FOREIGN KEY ("trial_id") REFERENCES "quality_trials"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trial_items" ADD CONSTRAINT "trial_items_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What was asked before is not new.
UPDATE golden_questions AS golden
SET asked_at = (SELECT max(result.created_at) FROM quality_results AS result WHERE result.golden_id = golden.id);
