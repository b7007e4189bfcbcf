-- CreateTable
CREATE TABLE "bot_days" (
    "bot_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "counts" JSONB NOT NULL,

    CONSTRAINT "bot_days_pkey" PRIMARY KEY ("bot_id","day")
);

-- CreateTable
CREATE TABLE "counted_zones" (
    "time_zone" TEXT NOT NULL,
    "until" DATE NOT NULL,

    CONSTRAINT "counted_zones_pkey" PRIMARY KEY ("time_zone")
);

-- CreateIndex
CREATE INDEX "messages_nothing_fitted" ON "messages"("connection_id", "id" DESC) WHERE (reason = 'no_knowledge'::text);

-- AddForeignKey
ALTER TABLE "bot_days" ADD CONSTRAINT "bot_days_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
