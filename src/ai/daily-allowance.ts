import { type AiDayScope, partOf, shareOf } from '#core/ai-days.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Logger } from '#platform/logger.ts';

const takeCalls = report<{ scope: AiDayScope; calls: number; most: number }, { calls: number }>(
  import.meta.url,
  './statements/take-ai-calls.sql',
);
const ASK_AGAIN_MS = 30_000;

/** False: the day's calls are used up. `free`: for a business without a plan. */
export type MayCall = (free: boolean) => Promise<boolean>;

interface Deps {
  sql: Database['sql'];
  limit: number | undefined;
  logger: Pick<Logger, 'warn'>;
  now?: () => number;
}

/** S68 (AI used without end): bounds the calls of the whole installation on one UTC day, over all processes. */
export function createDailyAllowance({ sql, limit, logger, now = Date.now }: Deps): MayCall {
  if (limit === undefined) return async () => true;
  const [free, all] = [stockOf('free', limit), stockOf('all', limit)];

  function stockOf(scope: AiDayScope, ofLimit: number): () => Promise<boolean> {
    const most = shareOf(ofLimit, scope);
    let stock = { left: 0, day: '' };
    let refusedUntilMs = 0;
    let filling: Promise<void> | null = null;
    const today = (): string => new Date(now()).toISOString().slice(0, 10);

    async function fill(): Promise<void> {
      const [taken] = await takeCalls(sql, { scope, calls: partOf(most), most });
      if (taken) stock = { left: partOf(most), day: today() };
      else refusedUntilMs = now() + ASK_AGAIN_MS;
    }

    return async () => {
      while (stock.left === 0 || stock.day !== today()) {
        if (now() < refusedUntilMs) return false;
        filling ??= fill().finally(() => {
          filling = null;
        });
        await filling;
      }
      stock.left -= 1;
      return true;
    };
  }

  return async (isFree) => {
    try {
      return (!isFree || (await free())) && (await all());
    } catch (err) {
      logger.warn({ err }, 'the day’s calls of the AI could not be counted, so it is not asked');
      return false;
    }
  };
}
