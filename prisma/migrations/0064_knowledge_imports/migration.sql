-- CreateEnum
CREATE TYPE "ImportState" AS ENUM ('reading', 'ready', 'cancelled');

-- CreateEnum
CREATE TYPE "ImportSourceState" AS ENUM ('waiting', 'reading', 'read', 'failed');

-- CreateEnum
CREATE TYPE "ImportDraftState" AS ENUM ('open', 'accepted', 'refused');

-- CreateTable
CREATE TABLE "knowledge_imports" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "state" "ImportState" NOT NULL DEFAULT 'reading',
    "language" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "knowledge_imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_sources" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "import_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "content" BYTEA,
    "state" "ImportSourceState" NOT NULL DEFAULT 'waiting',
    "reason" TEXT,
    "taken_until" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "import_sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_drafts" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "import_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "place" JSONB NOT NULL,
    "notes" JSONB NOT NULL,
    "state" "ImportDraftState" NOT NULL DEFAULT 'open',

    CONSTRAINT "import_drafts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "knowledge_imports_bot_id_created_at_idx" ON "knowledge_imports"("bot_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "import_sources_import_id_position_idx" ON "import_sources"("import_id", "position");

-- CreateIndex
CREATE INDEX "import_sources_state_idx" ON "import_sources"("state") WHERE (state IN ('waiting', 'reading'));

-- CreateIndex
CREATE INDEX "import_drafts_import_id_state_idx" ON "import_drafts"("import_id", "state");

-- CreateIndex
CREATE INDEX "import_drafts_source_id_idx" ON "import_drafts"("source_id");

-- AddForeignKey
ALTER TABLE "knowledge_imports" ADD CONSTRAINT "knowledge_imports_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_sources" ADD CONSTRAINT "import_sources_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "knowledge_imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_drafts" ADD CONSTRAINT "import_drafts_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "knowledge_imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_drafts" ADD CONSTRAINT "import_drafts_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "import_sources"("id") ON DELETE CASCADE ON UPDATE CASCADE;
