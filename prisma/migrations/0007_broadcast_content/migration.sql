-- AlterTable
ALTER TABLE "broadcast_recipients" ADD COLUMN     "by_template" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "broadcasts" ADD COLUMN     "photo_id" UUID,
ADD COLUMN     "template" JSONB;

-- CreateTable
CREATE TABLE "broadcast_photos" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "type" TEXT NOT NULL,
    "handles" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "broadcast_photos_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "broadcast_photos_bot_id_hash_key" ON "broadcast_photos"("bot_id", "hash");

-- AddForeignKey
ALTER TABLE "broadcasts" ADD CONSTRAINT "broadcasts_photo_id_fkey" FOREIGN KEY ("photo_id") REFERENCES "broadcast_photos"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "broadcast_photos" ADD CONSTRAINT "broadcast_photos_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
