import type { Period } from '#core/analytics-period.ts';
import { startOfDay } from '#core/time.ts';
import { BUCKET_GROWTH } from '#core/time-buckets.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** What one day counted, by key (count-bot-day.sql). */
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

/** Only the newest are read: they are grouped in memory, and a page is read from the top. */
export const MAX_QUESTIONS = 500;
const QUESTION_CHARS = 300;

type OfBot = { tenantId: string; botId: string; timeZone: string; from: string };
const botDays = report<OfBot & { until: string; bucketGrowth: number }, CountedDay>(import.meta.url, './statements/bot-days.sql');
const unansweredQuestions = report<OfBot & { until: string; maxQuestions: number; questionChars: number }, UnansweredQuestion>(
  import.meta.url,
  './statements/unanswered-questions.sql',
);

/** One bot in numbers. Days are those of the business' time zone. */
export function createAnalyticsRead({ database: { prisma, sql } }: { database: Database }) {
  return {
    /** The days of the period on which anything happened. */
    days: (tenantId: string, botId: string, timeZone: string, { from, until }: Period): Promise<CountedDay[]> =>
      botDays(sql, { tenantId, botId, timeZone, from, until, bucketGrowth: BUCKET_GROWTH }),

    /**
     * How many customers have written since the day. A customer's message moves last_message_at, so the index on it answers
     * without reading messages.
     */
    activeSince: (tenantId: string, botId: string, timeZone: string, from: string): Promise<number> =>
      prisma.conversation.count({
        where: { tenantId, botId, connectionId: { not: null }, lastMessageAt: { gte: startOfDay(from, timeZone) } },
      }),

    /** The newest first. */
    unanswered: (tenantId: string, botId: string, timeZone: string, { from, until }: Period): Promise<UnansweredQuestion[]> => {
      const limits = { maxQuestions: MAX_QUESTIONS, questionChars: QUESTION_CHARS };
      return unansweredQuestions(sql, { tenantId, botId, timeZone, from, until, ...limits });
    },
  };
}

export type AnalyticsRead = ReturnType<typeof createAnalyticsRead>;
