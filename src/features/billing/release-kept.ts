import { PLANS } from '#core/plans.ts';
import { type QueuedReply, queueReplyJobs } from '#pipeline/queue-replies.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const releasableConversations = report<{ now: Date; tenantId: string | null; freeMaxMessages: number }, QueuedReply>(
  import.meta.url,
  './statements/releasable-conversations.sql',
);

const KEEP_SETTLED_MS = 30 * 86_400_000;

/** Questions that came when the plan had no answers left. The pipeline holds them; a job answers those of a conversation. */
export function createKeptRelease({ database }: { database: Database }) {
  const { prisma } = database;
  const run = (tenantId: string | null, now: Date): Promise<number> =>
    database.inTransaction(async (tx) => {
      const scope = { now, tenantId, freeMaxMessages: PLANS.FREE.maxMessagesPerMonth };
      return queueReplyJobs(tx, await releasableConversations(tx, scope));
    });

  return {
    /** The number of held questions. */
    count: (tenantId: string, now: Date): Promise<number> =>
      prisma.keptQuestion.count({ where: { tenantId, state: 'waiting', answerUntil: { gt: now } } }),

    /** Has the AI answer them where the plan has answers left. Returns the number of conversations. Safe to repeat. */
    release: (tenantId: string, now: Date): Promise<number> => run(tenantId, now),

    /** The same for all tenants. Also drops questions that are too old. */
    async releaseAcrossTenants(now: Date): Promise<number> {
      await prisma.keptQuestion.updateMany({
        where: { state: 'waiting', answerUntil: { lte: now } },
        data: { state: 'dropped', reason: 'too_old', settledAt: now },
      });
      await prisma.keptQuestion.deleteMany({ where: { settledAt: { lt: new Date(now.getTime() - KEEP_SETTLED_MS) } } });
      return run(null, now);
    },
  };
}

export type KeptRelease = ReturnType<typeof createKeptRelease>;
