import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { createQuestionAskers } from './question-askers.repo.ts';

export type QuestionState = 'open' | 'answered' | 'dismissed';

export interface QuestionRow {
  id: string;
  state: QuestionState;
  /** The words of whoever asked first. */
  question: string;
  count: number;
  people: number;
  lastAskedAt: Date;
  total: number;
}

export interface Question {
  id: string;
  botId: string;
  state: QuestionState;
  round: number;
  entryId: string | null;
  answer: string | null;
  answeredAt: Date | null;
  checkText: string | null;
  checkPassed: boolean | null;
  sendAskedAt: Date | null;
}

export interface Answer {
  entryId: string;
  answer: string;
}

interface PageOf {
  state: QuestionState | null;
  search: string;
  limit: number;
  offset: number;
}

const QUESTION = {
  ...{ id: true, botId: true, state: true, round: true, entryId: true, answer: true, answeredAt: true },
  ...{ checkText: true, checkPassed: true, sendAskedAt: true },
} as const;

const questionsPage = report<{ tenantId: string; botId: string } & PageOf, QuestionRow>(
  import.meta.url,
  './statements/questions-page.sql',
);
const questionVersions = report<{ tenantIds: string[]; ids: string[] }, { id: string; version: string }>(
  import.meta.url,
  './statements/question-versions.sql',
);

export function createQuestionsRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;
  const touched = () => ({ updatedAt: new Date() });

  return {
    ...createQuestionAskers(database),

    page: (tenantId: string, botId: string, page: PageOf): Promise<QuestionRow[]> =>
      questionsPage(sql, { tenantId, botId, ...page, search: page.search === '' ? '' : containing(page.search) }),

    find: (tenantId: string, botId: string, id: string): Promise<Question | null> =>
      prisma.openQuestion.findFirst({ where: { tenantId, botId, id, askers: { some: {} } }, select: QUESTION }),

    /** What the customer's message asked. */
    ofMessage: (tenantId: string, botId: string, messageId: number): Promise<Question | null> =>
      prisma.openQuestion.findFirst({
        where: { tenantId, botId, askers: { some: { attention: { messageId } } } },
        select: QUESTION,
      }),

    async answered(tenantId: string, id: string, answer: Answer): Promise<void> {
      const data = {
        ...answer,
        state: 'answered',
        answeredAt: await database.now(),
        checkText: null,
        checkPassed: null,
      } as const;
      await prisma.openQuestion.updateMany({ where: { tenantId, id }, data: { ...data, ...touched() } });
    },

    async checked(tenantId: string, id: string, { text, passed }: { text: string; passed: boolean }): Promise<void> {
      await prisma.openQuestion.updateMany({
        where: { tenantId, id },
        data: { checkText: text, checkPassed: passed, ...touched() },
      });
    },

    /** False when it was closed before. */
    async dismissed(tenantId: string, id: string): Promise<boolean> {
      const where = { tenantId, id, state: { not: 'dismissed' as const } };
      const changed = await prisma.openQuestion.updateMany({ where, data: { state: 'dismissed', ...touched() } });
      return changed.count === 1;
    },

    async sendAsked(tenantId: string, id: string, userId: string): Promise<void> {
      const data = { sendAskedBy: userId, sendAskedAt: await database.now(), ...touched() };
      await prisma.openQuestion.updateMany({ where: { tenantId, id, answer: { not: null } }, data });
    },

    async sendDone(tenantId: string, id: string): Promise<void> {
      await prisma.openQuestion.updateMany({ where: { tenantId, id }, data: { sendAskedAt: null, ...touched() } });
    },

    /** Answers that are to be sent, also of processes that died. */
    sendingAcrossTenants: () =>
      prisma.openQuestion.findMany({
        where: { sendAskedAt: { not: null } },
        select: { ...QUESTION, tenantId: true, sendAskedBy: true },
        orderBy: { sendAskedAt: 'asc' },
        take: 20,
      }),

    async roleOf(tenantId: string, userId: string): Promise<'owner' | 'operator'> {
      const member = await prisma.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
      return member?.role ?? 'operator';
    },

    /** Open questions of each bot. */
    async openCounts(tenantId: string): Promise<Map<string, number>> {
      const rows = await prisma.openQuestion.groupBy({
        by: ['botId'],
        where: { tenantId, state: 'open' },
        _count: { _all: true },
      });
      return new Map(rows.map(({ botId, _count }) => [botId, _count._all]));
    },

    /** By bot; it changes with whatever the page of the bot shows. */
    async versions(watched: { tenantId: string; id: string }[]): Promise<Map<string, string>> {
      const ids = { tenantIds: watched.map(({ tenantId }) => tenantId), ids: watched.map(({ id }) => id) };
      return new Map((await questionVersions(sql, ids)).map(({ id, version }) => [id, version]));
    },

    /** The words of a question go with those who asked it. */
    async removeUnaskedAcrossTenants(): Promise<void> {
      await prisma.openQuestion.deleteMany({ where: { askers: { none: {} } } });
    },
  };
}

export type QuestionsRepo = ReturnType<typeof createQuestionsRepo>;

const containing = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`;
