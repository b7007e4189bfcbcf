-- CreateTable
CREATE TABLE "ai_problems" (
    "reason" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "of_key" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "ask_again_at" TIMESTAMPTZ(3) NOT NULL,
    "noticed_at" TIMESTAMPTZ(3),
    "solved_at" TIMESTAMPTZ(3),

    CONSTRAINT "ai_problems_pkey" PRIMARY KEY ("reason","model")
);
