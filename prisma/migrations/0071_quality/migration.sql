-- CreateEnum
CREATE TYPE "RevisionSubject" AS ENUM ('entry', 'facts', 'prompt');

-- CreateEnum
CREATE TYPE "QualityRunState" AS ENUM ('waiting', 'running', 'done', 'limited', 'superseded');

-- CreateTable
CREATE TABLE "revisions" (
    "id" BIGSERIAL NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "subject" "RevisionSubject" NOT NULL,
    "subject_id" UUID NOT NULL,
    "content" JSONB,
    "actor_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "golden_questions" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "must_contain" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "must_not_contain" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "must_refuse" BOOLEAN NOT NULL DEFAULT false,
    "rubric" TEXT NOT NULL DEFAULT '',
    "origin" TEXT NOT NULL DEFAULT 'hand',
    "origin_id" TEXT,
    "right_text" TEXT,
    "right_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "golden_questions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quality_runs" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "QualityRunState" NOT NULL DEFAULT 'waiting',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "heartbeat_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "total" INTEGER NOT NULL DEFAULT 0,
    "right" INTEGER NOT NULL DEFAULT 0,
    "wrong" INTEGER NOT NULL DEFAULT 0,
    "worse" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "quality_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quality_results" (
    "run_id" UUID NOT NULL,
    "golden_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "right" BOOLEAN NOT NULL,
    "worse" BOOLEAN NOT NULL DEFAULT false,
    "text" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "status" TEXT,
    "sources" JSONB NOT NULL DEFAULT '[]',
    "missing" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "unwanted" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "judged_why" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quality_results_pkey" PRIMARY KEY ("run_id","golden_id")
);

-- CreateTable
CREATE TABLE "quality_days" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "calls" INTEGER NOT NULL,

    CONSTRAINT "quality_days_pkey" PRIMARY KEY ("tenant_id","day")
);

-- CreateIndex
CREATE INDEX "revisions_bot_id_id_idx" ON "revisions"("bot_id", "id" DESC);

-- CreateIndex
CREATE INDEX "revisions_subject_id_id_idx" ON "revisions"("subject_id", "id" DESC);

-- CreateIndex
CREATE INDEX "revisions_created_at_idx" ON "revisions"("created_at");

-- CreateIndex
CREATE INDEX "golden_questions_bot_id_created_at_idx" ON "golden_questions"("bot_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "golden_questions_bot_id_origin_id_key" ON "golden_questions"("bot_id", "origin_id");

-- CreateIndex
CREATE INDEX "quality_runs_bot_id_created_at_idx" ON "quality_runs"("bot_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "quality_runs_open" ON "quality_runs"("state") WHERE (state = ANY (ARRAY['waiting'::"QualityRunState", 'running'::"QualityRunState"]));

-- CreateIndex
CREATE UNIQUE INDEX "quality_runs_one_waiting" ON "quality_runs"("bot_id") WHERE (state = 'waiting'::"QualityRunState");

-- CreateIndex
CREATE INDEX "quality_results_golden_id_created_at_idx" ON "quality_results"("golden_id", "created_at" DESC);

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "golden_questions" ADD CONSTRAINT "golden_questions_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quality_runs" ADD CONSTRAINT "quality_runs_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quality_results" ADD CONSTRAINT "quality_results_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "quality_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quality_results" ADD CONSTRAINT "quality_results_golden_id_fkey" FOREIGN KEY ("golden_id") REFERENCES "golden_questions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quality_days" ADD CONSTRAINT "quality_days_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
