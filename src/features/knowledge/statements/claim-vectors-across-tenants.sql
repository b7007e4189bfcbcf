-- Takes the entry whose vectors are due longest (see claim-entry-across-tenants.sql), and says whether the bot's knowledge still
-- does not fit a prompt. A character has at most four bytes, so a long knowledge is not decompressed for this.
WITH claimed AS (
  UPDATE entry_vectors AS v
  SET
    run_at = :now::timestamptz + make_interval(secs => :leaseSeconds::int),
    tries = v.tries + 1
  WHERE
    v.entry_id = (
      SELECT due.entry_id
      FROM entry_vectors AS due
      WHERE
        due.run_at <= :now::timestamptz
        AND NOT EXISTS (SELECT FROM tenants AS t WHERE t.id = due.tenant_id AND t.suspended_at IS NOT NULL)
      ORDER BY
        due.run_at
      LIMIT 1
      FOR UPDATE SKIP LOCKED
    )
  RETURNING
    v.entry_id,
    v.tenant_id,
    v.bot_id,
    v.run_at,
    v.tries
)
SELECT
  c.entry_id,
  c.tenant_id,
  c.bot_id,
  c.run_at AS leased_until,
  c.tries,
  e.title,
  e.content,
  CASE
    WHEN size.bytes > 4 * :promptChars::int THEN true
    ELSE (
      SELECT sum(char_length(one.title) + char_length(one.content)) > :promptChars::int
      FROM knowledge_entries AS one
      WHERE one.bot_id = c.bot_id
    )
  END AS is_large
FROM claimed AS c
JOIN knowledge_entries AS e
  ON e.id = c.entry_id
CROSS JOIN LATERAL (
  SELECT sum(octet_length(one.title) + octet_length(one.content)) AS bytes
  FROM knowledge_entries AS one
  WHERE one.bot_id = c.bot_id
) AS size;
