-- CreateTable
CREATE TABLE "media_files" (
    "message_id" BIGINT NOT NULL,
    "tenant_id" UUID NOT NULL,
    "content" BYTEA,
    "mime_type" TEXT NOT NULL DEFAULT '',
    "size" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_files_pkey" PRIMARY KEY ("message_id")
);

-- CreateIndex
CREATE INDEX "media_files_tenant_id_fetched_at_idx" ON "media_files"("tenant_id", "fetched_at" DESC);

-- AddForeignKey
ALTER TABLE "media_files" ADD CONSTRAINT "media_files_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
