import type { MergeableQuestion, MergedPair } from '#core/merge-questions.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { lockQuestions } from './grouping.repo.ts';

export interface ClaimedMerge {
  botId: string;
  tenantId: string;
  tries: number;
  leasedUntil: Date;
}

/** Hours of the business in which few customers write. */
const NIGHT = { fromHour: 2, toHour: 5 };
/** Much longer than a call. A failed try is repeated then. */
const LEASE_SECONDS = 20 * 60;

const queueMerges = report<{ now: Date; fromHour: number; toHour: number }>(import.meta.url, './statements/queue-merges.sql');
const claimMerge = report<{ now: Date; leaseSeconds: number; usdUzs: number }, ClaimedMerge>(
  import.meta.url,
  './statements/claim-merge-across-tenants.sql',
);
const mergeable = report<{ tenantId: string; botId: string; limit: number }, MergeableQuestion>(
  import.meta.url,
  './statements/mergeable-questions.sql',
);
const mergeQuestions = report<{ tenantId: string; botId: string; pairs: string }, { fromId: string }>(
  import.meta.url,
  './statements/merge-questions.sql',
);

/** The nightly work of merging open questions. */
export function createMergesRepo({ database, usdUzs }: { database: Database; usdUzs: number }) {
  const { sql, prisma } = database;
  const ended = ({ botId, leasedUntil }: ClaimedMerge, comparedTo: Date | null) =>
    prisma.questionMerge.updateMany({
      where: { botId, runAt: leasedUntil },
      data: { runAt: null, tries: 0, ...(comparedTo && { comparedTo }) },
    });

  return {
    queueAcrossTenants: async (now: Date): Promise<void> => void (await queueMerges(sql, { now, ...NIGHT })),

    claimAcrossTenants: async (now: Date): Promise<ClaimedMerge | null> =>
      (await claimMerge(sql, { now, leaseSeconds: LEASE_SECONDS, usdUzs }))[0] ?? null,

    questions: (tenantId: string, botId: string, limit: number): Promise<MergeableQuestion[]> =>
      mergeable(sql, { tenantId, botId, limit }),

    /** Questions that were answered or closed meanwhile stay. Gives how many are gone. */
    merge: (tenantId: string, botId: string, pairs: readonly MergedPair[]): Promise<number> =>
      database.inTransaction(async (tx) => {
        await lockQuestions(tx, { botId });
        const rows = pairs.map(({ from, into }) => ({ from_id: from, into_id: into }));
        const moved = await mergeQuestions(tx, { tenantId, botId, pairs: JSON.stringify(rows) });
        const ids = [...new Set(moved.map(({ fromId }) => fromId))];
        await removeMerged(tx, { tenantId, ids });
        return ids.length;
      }),

    done: async (claimed: ClaimedMerge, comparedTo: Date | null): Promise<void> => void (await ended(claimed, comparedTo)),
    giveUp: async (claimed: ClaimedMerge): Promise<void> => void (await ended(claimed, null)),
  };
}

export type MergesRepo = ReturnType<typeof createMergesRepo>;

const removeMerged = report<{ tenantId: string; ids: string[] }>(import.meta.url, './statements/remove-merged-questions.sql');
