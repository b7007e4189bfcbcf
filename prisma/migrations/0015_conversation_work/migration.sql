-- One row for each conversation that needs work: it replaces pg-boss' reply jobs (pipeline/statements/adopt-reply-jobs.sql) and
-- conversations.work_epoch, which version 0.1.0 still needs beside this one. The row is deleted when the work is done. Epochs come from a sequence, so an epoch never comes again.
CREATE TYPE "WorkState" AS ENUM ('ready', 'claimed');

CREATE TABLE "conversation_work" (
    "conversation_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "state" "WorkState" NOT NULL DEFAULT 'ready',
    "first_message_id" BIGINT NOT NULL,
    "newest_message_id" BIGINT NOT NULL,
    "tried_message_id" BIGINT,
    "requests" INTEGER NOT NULL DEFAULT 1,
    "burst_since" TIMESTAMPTZ(3),
    "wake_at" TIMESTAMPTZ(3) NOT NULL,
    "epoch" BIGSERIAL NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "conversation_work_pkey" PRIMARY KEY ("conversation_id")
);

CREATE INDEX "conversation_work_state_wake_at_idx" ON "conversation_work"("state", "wake_at");

ALTER TABLE "conversation_work" ADD CONSTRAINT "conversation_work_conversation_id_fkey"
  FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whether nothing may be said on a connection: the owner or an admin stopped it, the plan does not cover it, or the platform
-- refuses its token. Postgres inlines it.
CREATE FUNCTION is_stopped(enabled BOOLEAN, failure_reason TEXT, suspended_at TIMESTAMPTZ)
RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE
AS $$
  SELECT NOT enabled OR suspended_at IS NOT NULL OR coalesce(failure_reason IN ('plan_limit', 'token_revoked'), FALSE)
$$;

-- For FROM: the transaction does not wait for the disk. On Postgres only, whose WAL writer writes within 0.6 s; the embedded
-- database has none. The session's setting says which (platform/db/database.ts).
-- Source: https://www.postgresql.org/docs/15/wal-async-commit.html
CREATE FUNCTION async_commit()
RETURNS TEXT
LANGUAGE sql VOLATILE
AS $$
  SELECT set_config('synchronous_commit', coalesce(nullif(current_setting('botfactory.async_commit', TRUE), ''), 'on'), TRUE)
$$;
