-- When the platform last agreed to deliver the account's messages; null: unknown or refused.
ALTER TABLE "connections" ADD COLUMN "subscribed_at" TIMESTAMPTZ(3);
