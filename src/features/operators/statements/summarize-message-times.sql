-- Brings the BRIN index on the time of messages up to date, which autovacuum would do late or never. Prisma has no call for it.
SELECT brin_summarize_new_values('messages_created_at_idx') AS pages;
