-- The buttons under a reply: core/choices Choices. NULL: none.
ALTER TABLE "messages" ADD COLUMN "choices" JSONB;
