-- What a desk was told of a customer's message goes with that message.
DELETE FROM "desk_messages" d
WHERE d."message_id" IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM "messages" m WHERE m."id" = d."message_id");
CREATE INDEX "desk_messages_message_id_idx" ON "desk_messages"("message_id");
ALTER TABLE "desk_messages" ADD CONSTRAINT "desk_messages_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
