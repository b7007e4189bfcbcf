import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Logger } from '#platform/logger.ts';
import type { PerformWork } from './perform-work.ts';
import { adoptReplyJobs, reclaim } from './work.ts';

/** `found`: there is work to claim. */
interface Deps {
  sql: Sql;
  giveUp: PerformWork['giveUp'];
  found: () => void;
  logger: Logger;
}

/** Brings back the work of processes that died. */
export function createWorkRecovery({ sql, giveUp, found, logger }: Deps) {
  let reclaiming = false;

  return {
    /** Also gives up work that is out of tries. `everyone`: no other process can live. */
    async takeBack({ everyone }: { everyone: boolean }): Promise<void> {
      if (reclaiming) return;
      reclaiming = true;
      try {
        for (const work of await reclaim(sql, { everyone })) await giveUp(work).finally(found);
      } catch (err) {
        logger.warn(err as Error, 'reply: lost work could not be looked for, trying again');
      } finally {
        reclaiming = false;
      }
    },

    /** A process of version 0.1.0 may run beside this one for a while, or have been killed. */
    async adopt(): Promise<void> {
      const adopted = await adoptReplyJobs(sql).catch((err: Error) => {
        logger.warn(err, 'reply: jobs of an older version could not be looked for, trying again');
        return 0;
      });
      if (adopted > 0) found();
    },
  };
}

const SWEEP = {
  /** Whoever stores a message asks for its work in the same transaction. */
  minAgeMs: 60_000,
  maxAgeMs: 24 * 60 * 60_000,
  most: 1_000,
};

const giveLostMessagesWork = report<
  { minAgeMs: number; maxAgeMs: number; most: number },
  { asked: number; notified: string | null }
>(import.meta.url, './statements/give-lost-messages-work.sql');

/** Messages that wait, and no work knows of them. */
export const createWorkSweep =
  ({ sql, logger }: Pick<Deps, 'sql' | 'logger'>) =>
  async (): Promise<void> => {
    const [row] = await giveLostMessagesWork(sql, SWEEP);
    if (row && row.asked > 0) logger.warn({ conversations: row.asked }, 'reply: messages without work have work again');
  };
