-- Whole milliseconds round up: work that is due now would be due half a millisecond later.
ALTER TABLE "conversation_work"
  ALTER COLUMN "burst_since" SET DATA TYPE TIMESTAMPTZ(6),
  ALTER COLUMN "wake_at" SET DATA TYPE TIMESTAMPTZ(6),
  ALTER COLUMN "heartbeat_at" SET DATA TYPE TIMESTAMPTZ(6);
