-- What a customer's message points at: {kind, text}.
ALTER TABLE "messages" ADD COLUMN "refers_to" JSONB;
