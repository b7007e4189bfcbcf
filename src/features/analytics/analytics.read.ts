import type { Period } from '#core/analytics-period.ts';
import { startOfDay } from '#core/time.ts';
import { BUCKET_GROWTH } from '#core/time-buckets.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** The counts of one day by key (count-bot-day.sql). */
export type DayCounts = Record<string, number>;
export interface CountedDay {
  day: string;
  counts: DayCounts;
}

export interface UnansweredQuestion {
  text: string;
  at: Date;
  conversationId: string;
}

/** Only the newest are read, because they are grouped in memory. */
export const MAX_QUESTIONS = 500;
const QUESTION_CHARS = 300;

type OfBot = { tenantId: string; botId: string; timeZone: string; from: string };
const botDays = report<OfBot & { until: string; bucketGrowth: number }, CountedDay>(import.meta.url, './statements/bot-days.sql');
const unansweredQuestions = report<OfBot & { until: string; maxQuestions: number; questionChars: number }, UnansweredQuestion>(
  import.meta.url,
  './statements/unanswered-questions.sql',
);

export function createAnalyticsRead({ database: { prisma, sql } }: { database: Database }) {
  return {
    days: (tenantId: string, botId: string, timeZone: string, { from, until }: Period): Promise<CountedDay[]> =>
      botDays(sql, { tenantId, botId, timeZone, from, until, bucketGrowth: BUCKET_GROWTH }),

    /** A customer's message moves last_message_at, so its index answers without reading messages. */
    activeSince: (tenantId: string, botId: string, timeZone: string, from: string): Promise<number> =>
      prisma.conversation.count({
        where: { tenantId, botId, connectionId: { not: null }, lastMessageAt: { gte: startOfDay(from, timeZone) } },
      }),

    unanswered: (tenantId: string, botId: string, timeZone: string, { from, until }: Period): Promise<UnansweredQuestion[]> => {
      const limits = { maxQuestions: MAX_QUESTIONS, questionChars: QUESTION_CHARS };
      return unansweredQuestions(sql, { tenantId, botId, timeZone, from, until, ...limits });
    },
  };
}

export type AnalyticsRead = ReturnType<typeof createAnalyticsRead>;
