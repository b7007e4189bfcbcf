-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "written_at" TIMESTAMPTZ(3);

-- When the customer of a conversation last wrote, by the platform's clock. A message that is delivered late does not hide a newer
-- one that came before it, so a few are looked at.
CREATE FUNCTION last_written_at(conversation uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT max(coalesce(written_at, created_at))
  FROM (
    SELECT written_at, created_at
    FROM messages
    WHERE conversation_id = conversation
      AND direction = 'in'
    ORDER BY id DESC
    LIMIT 10
  ) latest
$$;
