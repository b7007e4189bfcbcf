-- AlterTable
ALTER TABLE "open_question_askers" ADD COLUMN "merged_from" UUID;

-- CreateIndex
CREATE INDEX "open_question_askers_merged" ON "open_question_askers"("question_id") WHERE merged_from IS NOT NULL;

-- CreateTable
CREATE TABLE "question_merges" (
    "bot_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "compared_to" TIMESTAMPTZ(3),
    "run_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "question_merges_pkey" PRIMARY KEY ("bot_id")
);

-- CreateIndex
CREATE INDEX "question_merges_due" ON "question_merges"("run_at") WHERE run_at IS NOT NULL;

-- AddForeignKey
ALTER TABLE "question_merges" ADD CONSTRAINT "question_merges_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
