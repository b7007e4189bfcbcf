-- CreateTable
CREATE TABLE "desk_links" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "connection_id" UUID,
    "account_id" TEXT NOT NULL,
    "chat_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'desk',
    "expects" TEXT,
    "expects_for" UUID,
    "expects_until" TIMESTAMPTZ(3),
    "only_handoffs" BOOLEAN NOT NULL DEFAULT false,
    "quiet_from" INTEGER,
    "quiet_until" INTEGER,
    "digest_on" DATE,
    "broken_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "desk_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "desk_codes" (
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "code_hash" TEXT NOT NULL,
    "sealed_code" TEXT NOT NULL,
    "connection_id" UUID,
    "account_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "desk_codes_pkey" PRIMARY KEY ("tenant_id","user_id")
);

-- CreateTable
CREATE TABLE "desk_messages" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "link_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "conversation_id" UUID,
    "message_id" BIGINT,
    "dedupe_key" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "wake_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "claimed_at" TIMESTAMPTZ(3),
    "telegram_id" BIGINT,
    "shown" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "desk_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "desk_updates" (
    "account_id" TEXT NOT NULL,
    "update_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "desk_updates_pkey" PRIMARY KEY ("account_id","update_id")
);

-- CreateTable
CREATE TABLE "desk_bots" (
    "account_id" TEXT NOT NULL,
    "holder" TEXT NOT NULL DEFAULT '',
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'PENDING',
    "failure_reason" TEXT,
    "username" TEXT,
    "display_name" TEXT,

    CONSTRAINT "desk_bots_pkey" PRIMARY KEY ("account_id")
);

-- CreateIndex
CREATE INDEX "desk_links_account_id_chat_id_idx" ON "desk_links"("account_id", "chat_id");

-- CreateIndex
CREATE INDEX "desk_links_connection_id_idx" ON "desk_links"("connection_id");

-- CreateIndex
CREATE UNIQUE INDEX "desk_links_tenant_id_user_id_key" ON "desk_links"("tenant_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "desk_codes_code_hash_key" ON "desk_codes"("code_hash");

-- CreateIndex
CREATE INDEX "desk_codes_connection_id_idx" ON "desk_codes"("connection_id");

-- CreateIndex
CREATE INDEX "desk_messages_link_id_telegram_id_idx" ON "desk_messages"("link_id", "telegram_id");

-- CreateIndex
CREATE INDEX "desk_messages_conversation_id_idx" ON "desk_messages"("conversation_id");

-- CreateIndex
CREATE INDEX "desk_messages_created_at_idx" ON "desk_messages"("created_at");

-- CreateIndex
CREATE INDEX "desk_messages_open" ON "desk_messages"("wake_at") WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]));

-- CreateIndex
CREATE UNIQUE INDEX "desk_messages_link_id_dedupe_key_key" ON "desk_messages"("link_id", "dedupe_key");

-- CreateIndex
CREATE INDEX "desk_updates_created_at_idx" ON "desk_updates"("created_at");

-- AddForeignKey
ALTER TABLE "desk_links" ADD CONSTRAINT "desk_links_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "memberships"("tenant_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "desk_links" ADD CONSTRAINT "desk_links_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "desk_codes" ADD CONSTRAINT "desk_codes_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "memberships"("tenant_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "desk_codes" ADD CONSTRAINT "desk_codes_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "desk_messages" ADD CONSTRAINT "desk_messages_link_id_fkey" FOREIGN KEY ("link_id") REFERENCES "desk_links"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "desk_messages" ADD CONSTRAINT "desk_messages_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a card shows of its conversation: it is edited when this changes.
-- Messages of the staff are looked for after the customer's message only, so that a long conversation is not read.
CREATE FUNCTION desk_card_version(card desk_messages) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT concat_ws('|', v.needs_person_at IS NULL, v.silenced_until > now(), v.silenced_until, p.id, p.status, card.closed_at,
    card.content ->> 'menu')
  FROM conversations v
  LEFT JOIN LATERAL (
    SELECT m.id, m.status
    FROM messages m
    WHERE m.conversation_id = v.id
      AND m.id > card.message_id
      AND m.direction = 'out'
      AND m.mode = 'person'
    ORDER BY m.id DESC
    LIMIT 1
  ) p ON true
  WHERE v.id = card.conversation_id
$$;
