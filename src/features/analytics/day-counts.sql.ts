import { BUCKET_GROWTH } from '#core/time-buckets.ts';

/** The first moment of a day in a zone. */
export const startOf = (day: string, zone: string): string => `((${day})::timestamp AT TIME ZONE ${zone})`;

const BUCKETS_PER_E = 1 / Math.log(BUCKET_GROWTH);

/**
 * Counts per bot and day, a common table expression `counted(bot_id, day, key, n)`: what customers wrote (in), our answers
 * (out), who wrote (active) and who did for the first time (new), answers by mode, messages by hour and by language, answers by
 * time taken. Broadcasts are no answers, and what failed to go out is none.
 */
export const countedSql = ({
  from,
  until,
  zone,
  where,
}: {
  from: string;
  until: string;
  zone: string;
  where: string;
}): string => `
  seen AS MATERIALIZED (
    SELECT n.bot_id, (m.created_at AT TIME ZONE ${zone})::date AS day, m.direction = 'in' AS incoming, coalesce(m.mode, 'fixed') AS mode,
      extract(hour FROM m.created_at AT TIME ZONE ${zone})::int AS hour, m.took_ms, m.conversation_id,
      coalesce(c.language, 'unknown') AS language,
      (c.created_at AT TIME ZONE ${zone})::date = (m.created_at AT TIME ZONE ${zone})::date AS fresh
    FROM messages m JOIN connections n ON n.id = m.connection_id JOIN conversations c ON c.id = m.conversation_id
    WHERE m.created_at >= ${startOf(from, zone)} AND m.created_at < ${startOf(until, zone)} AND ${where}
      AND (m.direction = 'in' OR (m.status <> 'failed' AND m.mode IS DISTINCT FROM 'broadcast'))),
  counted(bot_id, day, key, n) AS (
    SELECT bot_id, day, 'in', count(*) FROM seen WHERE incoming GROUP BY 1, 2
    UNION ALL SELECT bot_id, day, 'active', count(DISTINCT conversation_id) FROM seen WHERE incoming GROUP BY 1, 2
    UNION ALL SELECT bot_id, day, 'new', count(DISTINCT conversation_id) FROM seen WHERE incoming AND fresh GROUP BY 1, 2
    UNION ALL SELECT bot_id, day, 'hour.' || hour, count(*) FROM seen WHERE incoming GROUP BY 1, 2, hour
    UNION ALL SELECT bot_id, day, 'language.' || language, count(*) FROM seen WHERE incoming GROUP BY 1, 2, language
    UNION ALL SELECT bot_id, day, 'out', count(*) FROM seen WHERE NOT incoming GROUP BY 1, 2
    UNION ALL SELECT bot_id, day, 'mode.' || mode, count(*) FROM seen WHERE NOT incoming GROUP BY 1, 2, mode
    UNION ALL SELECT bot_id, day, 'took.' || floor(ln(greatest(took_ms, 1)::float8) * ${BUCKETS_PER_E})::int, count(*)
      FROM seen WHERE NOT incoming AND took_ms IS NOT NULL GROUP BY 1, 2, 3)`;
