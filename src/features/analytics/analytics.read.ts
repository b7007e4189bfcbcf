import type { Period } from '#core/analytics-period.ts';
import type { Database } from '#platform/db/database.ts';
import { countedSql, startOf } from './day-counts.sql.ts';

/** What one day counted, by key (day-counts.sql). */
export type DayCounts = Record<string, number>;
export interface CountedDay {
  day: string;
  counts: DayCounts;
}

/** A question nothing fitted to. */
export interface UnansweredQuestion {
  text: string;
  at: Date;
  conversationId: string;
}

/** The newest that are looked at: they are grouped here, and a page is read from the top. */
export const MAX_QUESTIONS = 500;
const QUESTION_CHARS = 300;

// Days that are over were counted once (bot-days.repo); only what came since is counted here, through the index on tenant and time.
const DAYS = `WITH live AS (SELECT greatest($4::date, coalesce((SELECT until + 1 FROM counted_zones WHERE time_zone = $3), '-infinity')) AS first),
  ${countedSql({
    from: 'SELECT first FROM live',
    until: '$5::date + 1',
    zone: '$3',
    where: 'm.tenant_id = $1 AND n.bot_id = $2 AND n.tenant_id = $1',
  })}
  SELECT to_char(day, 'YYYY-MM-DD') AS day, counts FROM bot_days, live
    WHERE tenant_id = $1 AND bot_id = $2 AND day >= $4::date AND day <= $5::date AND day < live.first
  UNION ALL SELECT to_char(day, 'YYYY-MM-DD'), jsonb_object_agg(key, n) FROM counted GROUP BY day`;

// A customer's message moves their conversation up, so up to today the index tells who wrote without reading what.
const ACTIVE = `SELECT count(*) AS count FROM conversations
  WHERE tenant_id = $1 AND bot_id = $2 AND connection_id IS NOT NULL AND last_message_at >= ${startOf('$4::date', '$3')}`;

const QUESTIONS = `SELECT left(q.text, ${QUESTION_CHARS}) AS text, q.created_at AS at, q.conversation_id AS "conversationId"
  FROM connections n CROSS JOIN LATERAL (
      SELECT id, reply_to_id FROM messages WHERE connection_id = n.id AND reason = 'no_knowledge' AND tenant_id = $1
        AND created_at >= ${startOf('$4::date', '$3')} AND created_at < ${startOf('$5::date + 1', '$3')}
      ORDER BY id DESC LIMIT ${MAX_QUESTIONS}) a
    JOIN messages q ON q.id = a.reply_to_id AND q.tenant_id = $1
  WHERE n.tenant_id = $1 AND n.bot_id = $2 AND q.text <> '' ORDER BY a.id DESC LIMIT ${MAX_QUESTIONS}`;

/** One bot in numbers. Days are those of the business' time zone. */
export function createAnalyticsRead({ database: { sql } }: { database: Database }) {
  return {
    /** The days of the period on which anything happened. */
    days: async (tenantId: string, botId: string, timeZone: string, { from, until }: Period): Promise<CountedDay[]> =>
      (await sql.query<CountedDay & Record<string, unknown>>(DAYS, [tenantId, botId, timeZone, from, until])).rows,

    /** How many customers wrote since the day. */
    activeSince: async (tenantId: string, botId: string, timeZone: string, from: string): Promise<number> =>
      (await sql.query<{ count: number }>(ACTIVE, [tenantId, botId, timeZone, from])).rows[0]?.count ?? 0,

    /** The newest first. */
    unanswered: async (
      tenantId: string,
      botId: string,
      timeZone: string,
      { from, until }: Period,
    ): Promise<UnansweredQuestion[]> =>
      (await sql.query<UnansweredQuestion & Record<string, unknown>>(QUESTIONS, [tenantId, botId, timeZone, from, until])).rows,
  };
}

export type AnalyticsRead = ReturnType<typeof createAnalyticsRead>;
