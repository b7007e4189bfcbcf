import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import type { QualityRunState } from '#platform/db/generated/client.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

export interface GoldenAnswer {
  right: boolean;
  text: string;
  mode: string;
  status: string | null;
  sources: { id: string; title: string }[];
  missing: string[];
  unwanted: string[];
  judgedWhy: string | null;
  /** ISO, as JSON has it. */
  createdAt: string;
}

export interface GoldenRow {
  id: string;
  question: string;
  mustContain: string[];
  mustNotContain: string[];
  mustRefuse: boolean;
  rubric: string;
  origin: string;
  rightText: string | null;
  rightAt: Date | null;
  acceptedAt: Date | null;
  /** The last two, newest first; null: never asked. */
  answers: GoldenAnswer[] | null;
}

export interface NewGolden {
  question: string;
  mustContain: string[];
  mustNotContain: string[];
  mustRefuse: boolean;
  rubric: string;
  origin: 'hand' | 'correction' | 'question' | 'import';
  originId?: string;
}

export interface RunRow {
  id: string;
  reason: string;
  state: QualityRunState;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  total: number;
  right: number;
  wrong: number;
  worse: number;
}

const RUN = {
  ...{ id: true, reason: true, state: true, createdAt: true, startedAt: true, finishedAt: true },
  ...{ total: true, right: true, wrong: true, worse: true },
} as const;
const TREND_RUNS = 30;
const ENTRIES_LOOKED_AT = 20;

const listGolden = report<{ tenantId: string; botId: string }, GoldenRow>(import.meta.url, './statements/list-golden.sql');

export function createGoldenQueries({ database }: { database: Database }) {
  const { prisma, sql } = database;
  return {
    list: (tenantId: string, botId: string): Promise<GoldenRow[]> => listGolden(sql, { tenantId, botId }),

    /** Newest first. */
    runs: (tenantId: string, botId: string): Promise<RunRow[]> =>
      prisma.qualityRun.findMany({ where: { tenantId, botId }, select: RUN, orderBy: { createdAt: 'desc' }, take: TREND_RUNS }),

    callsToday: async (tenantId: string, now: Date): Promise<number> => {
      const day = new Date(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
      return (await prisma.qualityDay.findFirst({ where: { tenantId, day }, select: { calls: true } }))?.calls ?? 0;
    },

    /** The newest entries, with the questions that are known to lead to them. */
    async entries(tenantId: string, botId: string) {
      const entries = await prisma.knowledgeEntry.findMany({
        where: { tenantId, botId },
        select: { id: true, title: true, content: true },
        orderBy: { updatedAt: 'desc' },
        take: ENTRIES_LOOKED_AT,
      });
      const where = { tenantId, entryId: { in: entries.map(({ id }) => id) } };
      const lists = await prisma.entryQuestions.findMany({ where, select: { entryId: true, own: true, suggested: true } });
      const questionsOf = new Map(lists.map(({ entryId, own, suggested }) => [entryId, [...own, ...suggested]]));
      return entries.map(({ id, title, content }) => ({ title, content, questions: questionsOf.get(id) ?? [] }));
    },

    find: (tenantId: string, botId: string, id: string) => prisma.goldenQuestion.findFirst({ where: { tenantId, botId, id } }),

    /** `full`: the bot has as many as its plan. The same question or origin is kept once. */
    add: (tenantId: string, botId: string, golden: NewGolden, most: number): Promise<'added' | 'known' | 'full' | 'gone'> =>
      database.transaction(async (tx) => {
        if (!(await lockRow(tx, 'bot', botId))) return 'gone';
        const where = { tenantId, botId };
        const same = { OR: [{ question: golden.question }, ...(golden.originId ? [{ originId: golden.originId }] : [])] };
        if ((await tx.goldenQuestion.count({ where: { ...where, ...same } })) > 0) return 'known';
        if ((await tx.goldenQuestion.count({ where })) >= most) return 'full';
        await tx.goldenQuestion.create({ data: { id: newId(), ...where, ...golden } });
        return 'added';
      }),

    async change(tenantId: string, botId: string, id: string, golden: Omit<NewGolden, 'origin' | 'originId'>): Promise<boolean> {
      return (
        (await prisma.goldenQuestion.updateMany({ where: { tenantId, botId, id }, data: { ...golden, askedAt: null } })).count ===
        1
      );
    },

    async accept(tenantId: string, botId: string, id: string): Promise<boolean> {
      const data = { acceptedAt: await database.now() };
      return (await prisma.goldenQuestion.updateMany({ where: { tenantId, botId, id }, data })).count === 1;
    },

    async remove(tenantId: string, botId: string, id: string): Promise<boolean> {
      return (await prisma.goldenQuestion.deleteMany({ where: { tenantId, botId, id } })).count === 1;
    },

    /** Waits for its turn; a run that waits already is enough. */
    async ask(tenantId: string, botId: string): Promise<void> {
      const where = { tenantId, botId };
      await database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        if ((await tx.qualityRun.count({ where: { ...where, state: 'waiting' } })) > 0) return;
        await tx.qualityRun.create({ data: { id: newId(), ...where, reason: 'button' } });
      });
    },
  };
}

export type GoldenQueries = ReturnType<typeof createGoldenQueries>;
