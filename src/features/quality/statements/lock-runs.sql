-- Held until the transaction ends. A statement after it sees what the one before wrote.
SELECT pg_advisory_xact_lock(7242071)::text AS held;
