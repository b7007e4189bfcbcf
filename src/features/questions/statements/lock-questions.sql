-- A bot's questions are grouped by one process at a time.
-- The next statement must see what the other process stored, so this one is apart.
SELECT pg_advisory_xact_lock(hashtextextended('open_questions:' || :botId::text, 0)) AS held
