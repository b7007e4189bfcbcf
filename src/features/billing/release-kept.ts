import { PLANS } from '#core/plans.ts';
import { dropLateQuestionsAcrossTenants } from '#pipeline/erase.ts';
import { askForReplies, type NeededWork } from '#pipeline/work.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const releasableConversations = report<{ now: Date; tenantId: string | null; freeMaxMessages: number }, NeededWork>(
  import.meta.url,
  './statements/releasable-conversations.sql',
);

/** Questions that came when the plan had no answers left. The pipeline holds them; a turn answers those of a conversation. */
export function createKeptRelease({ database }: { database: Database }) {
  const { prisma } = database;
  const run = (tenantId: string | null, now: Date): Promise<number> =>
    database.inTransaction(async (tx) => {
      const scope = { now, tenantId, freeMaxMessages: PLANS.FREE.maxMessagesPerMonth };
      return askForReplies(tx, await releasableConversations(tx, scope));
    });

  return {
    count: (tenantId: string, now: Date): Promise<number> =>
      prisma.keptQuestion.count({ where: { tenantId, state: 'waiting', answerUntil: { gt: now } } }),

    /** Queues answers where the plan has answers left. Returns the number of conversations. Safe to repeat. */
    release: (tenantId: string, now: Date): Promise<number> => run(tenantId, now),

    /** Also drops questions that are too old. */
    async releaseAcrossTenants(now: Date): Promise<number> {
      await dropLateQuestionsAcrossTenants(database, now);
      return run(null, now);
    },
  };
}

export type KeptRelease = ReturnType<typeof createKeptRelease>;
