-- After an entry was saved: it needs new vectors, and its neighbours some when the bot's knowledge has just outgrown the prompt.
-- Bytes are counted in place of characters, because octet_length does not decompress a long text. The work counts exactly.
INSERT INTO entry_vectors (entry_id, tenant_id, bot_id, run_at)
SELECT
  e.id,
  e.tenant_id,
  e.bot_id,
  now() + make_interval(secs => :debounceSeconds::int)
FROM knowledge_entries AS e
WHERE
  e.tenant_id = :tenantId::uuid
  AND e.bot_id = :botId::uuid
  AND (
    SELECT sum(octet_length(one.title) + octet_length(one.content))
    FROM knowledge_entries AS one
    WHERE one.bot_id = :botId::uuid
  ) > :promptChars::int
ON CONFLICT (entry_id) DO UPDATE
SET
  run_at = excluded.run_at,
  tries = 0,
  vectors = NULL
WHERE
  entry_vectors.entry_id = :entryId::uuid;
