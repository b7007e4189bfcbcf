import { HOUR_MS } from '#core/durations.ts';
import { addDays, dayIn } from '#core/time.ts';
import { BUCKET_GROWTH } from '#core/time-buckets.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

// An hour after midnight every message of the day before is committed and answered.
const SETTLED_MS = HOUR_MS;
/** No page shows older days. */
const MAX_DAYS_BACK = 400;

const zonesToCount = report<object, { timeZone: string; next: string }>(import.meta.url, './statements/zones-to-count.sql');
const countBotDay = report<{ timeZone: string; day: string; bucketGrowth: number }>(
  import.meta.url,
  './statements/count-bot-day.sql',
);
const countActiveMonth = report<{ timeZone: string; day: string }>(import.meta.url, './statements/count-active-month.sql');

/** Stores counts of past days, so that no page has to read all messages. */
export function createBotDaysRepo({ database: { sql } }: { database: Database }) {
  async function countZone(timeZone: string, first: string, last: string): Promise<void> {
    for (let day = first; day <= last; day = addDays(day, 1)) {
      await countBotDay(sql, { timeZone, day, bucketGrowth: BUCKET_GROWTH });
      if (addDays(day, 1).endsWith('-01')) await countActiveMonth(sql, { timeZone, day });
    }
  }

  return {
    /** Counting a day twice changes nothing. */
    async rollUpAcrossTenants(now: Date): Promise<void> {
      for (const { timeZone, next } of await zonesToCount(sql, {})) {
        const last = addDays(dayIn(new Date(now.getTime() - SETTLED_MS), timeZone), -1);
        const oldest = addDays(last, -MAX_DAYS_BACK);
        await countZone(timeZone, next > oldest ? next : oldest, last);
      }
    },
  };
}

export type BotDaysRepo = ReturnType<typeof createBotDaysRepo>;
