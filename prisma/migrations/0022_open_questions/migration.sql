-- What customers asked and the knowledge does not answer, grouped by meaning. The words stay in attention: an asker goes with them.
CREATE TYPE "QuestionState" AS ENUM ('open', 'answered', 'dismissed');
CREATE TABLE "open_questions" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "state" "QuestionState" NOT NULL DEFAULT 'open',
    "round" INTEGER NOT NULL DEFAULT 1,
    "entry_id" UUID,
    "answer" TEXT,
    "answered_at" TIMESTAMPTZ(3),
    "check_text" TEXT,
    "check_passed" BOOLEAN,
    "send_asked_by" UUID,
    "send_asked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "open_questions_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "open_question_askers" (
    "attention_id" UUID NOT NULL,
    "question_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "customer_id" UUID,
    "round" INTEGER NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),
    "untold_why" TEXT,

    CONSTRAINT "open_question_askers_pkey" PRIMARY KEY ("attention_id")
);
CREATE INDEX "open_questions_bot_id_state_idx" ON "open_questions"("bot_id", "state");
CREATE INDEX "open_questions_waiting" ON "open_questions"("tenant_id", "bot_id") WHERE (state = 'open'::"QuestionState");
CREATE INDEX "open_questions_sending" ON "open_questions"("send_asked_at") WHERE (send_asked_at IS NOT NULL);
CREATE INDEX "open_question_askers_question_id_asked_at_idx" ON "open_question_askers"("question_id", "asked_at");
ALTER TABLE "open_questions" ADD CONSTRAINT "open_questions_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "open_question_askers" ADD CONSTRAINT "open_question_askers_attention_id_fkey" FOREIGN KEY ("attention_id") REFERENCES "attention"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "open_question_askers" ADD CONSTRAINT "open_question_askers_question_id_fkey" FOREIGN KEY ("question_id") REFERENCES "open_questions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
