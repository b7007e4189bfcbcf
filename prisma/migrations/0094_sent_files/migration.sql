-- CreateTable
CREATE TABLE "sent_files" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "message_id" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,
    "mime_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sent_files_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sent_files_message_id_key" ON "sent_files"("message_id");

-- CreateIndex
CREATE INDEX "sent_files_tenant_id_created_at_idx" ON "sent_files"("tenant_id", "created_at" DESC);

-- AddForeignKey
ALTER TABLE "sent_files" ADD CONSTRAINT "sent_files_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
