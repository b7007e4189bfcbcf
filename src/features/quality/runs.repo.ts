import { DAY_MS } from '#core/durations.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { GoldenToAsk, StoredResult } from './ask-golden.ts';

export interface ClaimedRun {
  id: string;
  tenantId: string;
  botId: string;
  reason: string;
}

export interface EndedRun {
  worse: number;
  right: number;
  wrong: number;
}

/** After the last change. */
export const QUIET_SECONDS = 30;
/** Runs and trials under way in the installation. Each asks one question at a time. */
export const MOST_RUNS = 2;
/** Longer than one question takes. */
export const DEAD_AFTER_SECONDS = 120;
const NIGHT_HOUR = 3;
const KEPT_DAYS = 180;

export const lockRuns = report<Record<never, never>, { held: string }>(import.meta.url, './statements/lock-runs.sql');
const claimRun = report<{ most: number; deadAfterSeconds: number }, ClaimedRun>(import.meta.url, './statements/claim-run.sql');
const nextGolden = report<{ runId: string }, GoldenToAsk>(import.meta.url, './statements/next-golden.sql');
const storeResult = report<{ runId: string; goldenId: string; tenantId: string } & StoredResult>(
  import.meta.url,
  './statements/store-result.sql',
);
const endRun = report<{ runId: string; state: string }, EndedRun>(import.meta.url, './statements/end-run.sql');
const takeCalls = report<{ tenantId: string; calls: number; limit: number | null }, { calls: number }>(
  import.meta.url,
  './statements/take-calls.sql',
);
const queueChanged = report<{ now: Date; quietSeconds: number }>(import.meta.url, './statements/queue-changed-bots.sql');
const queueNew = report<{ now: Date; quietSeconds: number }>(import.meta.url, './statements/queue-new-questions.sql');
const queueNightly = report<{ now: Date; hour: number }>(import.meta.url, './statements/queue-nightly-bots.sql');

/** The work of asking golden questions again. */
export function createRunsRepo({ database }: { database: Database }) {
  const { sql, prisma } = database;
  return {
    queueChangedAcrossTenants: async (now: Date): Promise<void> => {
      await queueChanged(sql, { now, quietSeconds: QUIET_SECONDS });
      await queueNew(sql, { now, quietSeconds: QUIET_SECONDS });
    },
    queueNightlyAcrossTenants: async (now: Date): Promise<void> => {
      await queueNightly(sql, { now, hour: NIGHT_HOUR });
    },

    claimAcrossTenants: (): Promise<ClaimedRun | null> =>
      database.inTransaction(async (tx) => {
        await lockRuns(tx, {});
        return (await claimRun(tx, { most: MOST_RUNS, deadAfterSeconds: DEAD_AFTER_SECONDS }))[0] ?? null;
      }),

    next: async (runId: string): Promise<GoldenToAsk | null> => (await nextGolden(sql, { runId }))[0] ?? null,

    store: async ({ id: runId, tenantId }: ClaimedRun, goldenId: string, result: StoredResult): Promise<void> => {
      await storeResult(sql, { runId, goldenId, tenantId, ...result });
    },

    /** Null: it was superseded meanwhile. */
    end: async (runId: string, state: 'done' | 'limited'): Promise<EndedRun | null> =>
      (await endRun(sql, { runId, state }))[0] ?? null,

    /** False: the day's calls are used up. */
    takeCall: async (tenantId: string, limit: number): Promise<boolean> =>
      (await takeCalls(sql, { tenantId, calls: 1, limit })).length > 0,
    addCalls: async (tenantId: string, calls: number): Promise<void> => {
      if (calls > 0) await takeCalls(sql, { tenantId, calls, limit: null });
    },

    async removeOldAcrossTenants(now: Date): Promise<void> {
      const until = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
      await prisma.qualityRun.deleteMany({ where: { createdAt: { lt: until } } });
      await prisma.qualityDay.deleteMany({ where: { day: { lt: until } } });
    },
  };
}

export type RunsRepo = ReturnType<typeof createRunsRepo>;
