import type { ReplyLanguage } from '#core/languages.ts';
import type { ChannelKind } from '#core/message.ts';
import type { StaffConversation } from '#pipeline/staff-replies.service.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface Example {
  words: string;
  conversationId: string;
  askedAt: Date;
  platform: ChannelKind;
}

/** A conversation where it was asked. */
export interface Asker extends StaffConversation {
  round: number;
  words: string;
  language: ReplyLanguage | null;
  unreachable: boolean;
}

const EXAMPLES = 5;

const questionExamples = report<{ tenantId: string; questionId: string; limit: number }, Example>(
  import.meta.url,
  './statements/question-examples.sql',
);
const questionAskers = report<{ tenantId: string; questionId: string }, Asker>(
  import.meta.url,
  './statements/question-askers.sql',
);

/** Who asked an open question, and who was told its answer. */
export function createQuestionAskers(database: Database) {
  const { prisma, sql } = database;

  return {
    /** Who asked it last, and where. */
    async lastAsked(tenantId: string, questionId: string) {
      const asker = await prisma.openQuestionAsker.findFirst({
        where: { tenantId, questionId },
        orderBy: { askedAt: 'desc' },
        select: { conversationId: true, attention: { select: { messageId: true, question: true } } },
      });
      return asker?.attention ? { conversationId: asker.conversationId, ...asker.attention } : null;
    },

    examples: (tenantId: string, questionId: string): Promise<Example[]> =>
      questionExamples(sql, { tenantId, questionId, limit: EXAMPLES }),

    /** Once a conversation, of those who were not told. */
    askers: (tenantId: string, questionId: string): Promise<Asker[]> => questionAskers(sql, { tenantId, questionId }),

    /** `untoldWhy` null: told. */
    async told(
      tenantId: string,
      questionId: string,
      { id, round }: Pick<Asker, 'id' | 'round'>,
      untoldWhy: string | null,
    ): Promise<void> {
      // Who asked again meanwhile asked in a later round.
      const where = { tenantId, questionId, conversationId: id, round: { lte: round }, toldAt: null };
      const data = untoldWhy ? { untoldWhy } : { toldAt: await database.now(), untoldWhy: null };
      await prisma.openQuestionAsker.updateMany({ where, data });
    },

    /** Conversations told so far, and the reasons why others were not. */
    async outcome(tenantId: string, questionId: string): Promise<{ told: number; untold: Record<string, number> }> {
      const rows = await prisma.openQuestionAsker.groupBy({
        by: ['conversationId', 'untoldWhy'],
        where: { tenantId, questionId, OR: [{ toldAt: { not: null } }, { untoldWhy: { not: null } }] },
      });
      const untold: Record<string, number> = {};
      for (const { untoldWhy } of rows) if (untoldWhy) untold[untoldWhy] = (untold[untoldWhy] ?? 0) + 1;
      return { told: rows.filter(({ untoldWhy }) => untoldWhy === null).length, untold };
    },
  };
}
