import { DAY_MS } from '#core/durations.ts';
import type { SelfTestQuestion, SelfTestTopic } from '#core/self-test.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import type { Prisma, QualityRunState } from '#platform/db/generated/client.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import type { ClaimedTrial, TrialAnswer, TrialQuestion } from './ask-trial.ts';
import { DEAD_AFTER_SECONDS, lockRuns, MOST_RUNS } from './runs.repo.ts';

export type TrialKind = 'replay' | 'self_test';

export interface TrialRow {
  id: string;
  kind: string;
  systemPrompt: string | null;
  state: QualityRunState;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface TrialItemRow {
  position: number;
  topic: string | null;
  question: string | null;
  demand: string | null;
  text: string | null;
  mode: string | null;
  status: string | null;
  sources: { id: string; title: string }[];
  isRight: boolean | null;
  why: string | null;
  askedAt: Date | null;
  /** What the customer got. Of a replay. */
  givenText: string | null;
  givenMode: string | null;
  givenStatus: string | null;
  conversationId: string | null;
}

export type NewTrial = { tenantId: string; botId: string } & (
  | { kind: 'replay'; systemPrompt: string; messageIds: readonly string[] }
  | {
      kind: 'self_test';
      questions: readonly SelfTestQuestion[];
      /** Found wrong before anything is asked: they give orders to the bot. */
      entries: readonly { id: string; title: string }[];
    }
);

/** A newer one of its kind takes its place; an old one says nothing of the bot as it is. */
const KEPT_DAYS = 30;
const TRIAL = { ...{ id: true, kind: true, systemPrompt: true, state: true }, createdAt: true, finishedAt: true } as const;

const claimTrial = report<{ most: number; deadAfterSeconds: number }, ClaimedTrial>(
  import.meta.url,
  './statements/claim-trial.sql',
);
const nextItem = report<{ trialId: string }, TrialQuestion>(import.meta.url, './statements/next-trial-item.sql');
const storeItem = report<{ trialId: string; position: number } & TrialAnswer>(
  import.meta.url,
  './statements/store-trial-item.sql',
);
const listItems = report<{ tenantId: string; botId: string; trialId: string }, TrialItemRow>(
  import.meta.url,
  './statements/trial-items.sql',
);
const recentQuestions = report<{ tenantId: string; botId: string; since: Date; most: number }, { id: string }>(
  import.meta.url,
  './statements/recent-questions.sql',
);

/** Trials of a bot: replays and self-tests. Of each kind the last one is kept. */
export function createTrialsRepo({ database }: { database: Database }) {
  const { sql, prisma } = database;
  return {
    /** Ids of the last questions that customers asked, newest first. */
    recentQuestions: async (tenantId: string, botId: string, since: Date, most: number): Promise<string[]> =>
      (await recentQuestions(sql, { tenantId, botId, since, most })).map(({ id }) => id),

    /** False: one of its kind is under way, or the bot is gone. */
    async begin(trial: NewTrial): Promise<boolean> {
      const { tenantId, botId, kind } = trial;
      // Before the transaction, which holds the only connection of an embedded database.
      const items = itemsOf(trial, await database.now());
      return database.transaction(async (tx) => {
        const where = { tenantId, botId, kind };
        if (!(await lockRow(tx, 'bot', botId))) return false;
        if ((await tx.qualityTrial.count({ where: { ...where, state: { in: ['waiting', 'running'] } } })) > 0) return false;
        await tx.qualityTrial.deleteMany({ where });
        const id = newId();
        const systemPrompt = trial.kind === 'replay' ? trial.systemPrompt : null;
        await tx.qualityTrial.create({ data: { id, ...where, systemPrompt } });
        await tx.trialItem.createMany({ data: items.map((item, position) => ({ trialId: id, position, ...item })) });
        return true;
      });
    },

    find: (tenantId: string, botId: string, kind: TrialKind): Promise<TrialRow | null> =>
      prisma.qualityTrial.findFirst({ where: { tenantId, botId, kind }, select: TRIAL, orderBy: { createdAt: 'desc' } }),

    items: (tenantId: string, botId: string, trialId: string): Promise<TrialItemRow[]> =>
      listItems(sql, { tenantId, botId, trialId }),

    claimAcrossTenants: (): Promise<ClaimedTrial | null> =>
      database.inTransaction(async (tx) => {
        await lockRuns(tx, {});
        return (await claimTrial(tx, { most: MOST_RUNS, deadAfterSeconds: DEAD_AFTER_SECONDS }))[0] ?? null;
      }),

    next: async (trialId: string): Promise<TrialQuestion | null> => (await nextItem(sql, { trialId }))[0] ?? null,

    store: async (trialId: string, position: number, answer: TrialAnswer): Promise<void> => {
      await storeItem(sql, { trialId, position, ...answer });
    },

    async end({ id, tenantId }: ClaimedTrial, state: 'done' | 'limited'): Promise<void> {
      const data = { state, finishedAt: await database.now() };
      await prisma.qualityTrial.updateMany({ where: { tenantId, id, state: 'running' }, data });
    },

    async removeOldAcrossTenants(now: Date): Promise<void> {
      const until = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
      await prisma.qualityTrial.deleteMany({ where: { createdAt: { lt: until } } });
    },
  };
}

export type TrialsRepo = ReturnType<typeof createTrialsRepo>;

function itemsOf(trial: NewTrial, now: Date): Omit<Prisma.TrialItemCreateManyInput, 'trialId' | 'position'>[] {
  if (trial.kind === 'replay') return trial.messageIds.map((messageId) => ({ messageId: BigInt(messageId) }));
  const found = { topic: 'orders' satisfies SelfTestTopic, right: false, askedAt: now };
  return [...trial.entries.map((entry) => ({ ...found, sources: [entry] })), ...trial.questions];
}
