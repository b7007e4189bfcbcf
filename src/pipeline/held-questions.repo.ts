import { storedTrace } from '#answering/answer.ts';
import { type SpentColumns, spentColumns } from '#core/ai-spent.ts';
import { type OutcomeColumns, outcomeColumns } from '#core/answer-outcome.ts';
import type { Attention } from '#core/attention.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn } from '#core/message.ts';
import type { LanguageWhy } from '#core/reply-language.ts';
import { storableText } from '#core/storable-text.ts';
import type { TurnMessage } from '#core/turn.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { NewReply, SavedReply, Turn } from './turn.ts';

/** With the history before it. */
export interface HeldQuestion {
  messageId: number;
  messageIds: number[];
  messages: TurnMessage[];
  history: HistoryTurn[];
}

export interface FollowUp {
  reply: NewReply;
  month: string | null;
  attention: Attention | null;
  language: ReplyLanguage;
  languageWhy: LanguageWhy;
}

interface OfConversation {
  conversationId: string;
}
interface Fenced extends OfConversation {
  epoch: number;
  messageId: number | undefined;
}
interface HeldAnswer extends Fenced, OutcomeColumns, SpentColumns {
  customerId: string | null;
  text: string;
  sources: string | null;
  month: string | null;
  attention: string | null;
  question: string | null;
  language: ReplyLanguage;
  aiTrace: string;
}

const dropMoot = report<OfConversation>(import.meta.url, './statements/drop-moot-held-questions.sql');
const nextHeldQuestion = report<OfConversation, HeldQuestion>(import.meta.url, './statements/next-held-question.sql');
const saveHeldAnswer = report<HeldAnswer, { id: number | null; notified: string | null }>(
  import.meta.url,
  './statements/save-held-answer.sql',
);
const holdQuestion = report<Fenced & { messageIds: number[]; forMs: number }>(import.meta.url, './statements/hold-question.sql');
const dropHeldQuestion = report<{ messageId: number; reason: string }>(import.meta.url, './statements/drop-held-question.sql');

/** The turn's epoch fences every write. */
export function createHeldQuestions({ sql }: { sql: Sql }) {
  return {
    dropMoot: async ({ conversationId }: Turn): Promise<void> => void (await dropMoot(sql, { conversationId })),

    next: async ({ conversationId }: Turn): Promise<HeldQuestion | null> =>
      (await nextHeldQuestion(sql, { conversationId }))[0] ?? null,

    /** Null: another worker has the conversation or the question. */
    async saveFollowUp(
      turn: Turn,
      held: HeldQuestion,
      { reply, month, attention, language, languageWhy }: FollowUp,
    ): Promise<SavedReply> {
      const { conversationId, epoch, customerId } = turn;
      const text = storableText(reply.text);
      const sources = reply.sources.length > 0 ? JSON.stringify(reply.sources) : null;
      const answer = {
        conversationId,
        epoch,
        messageId: held.messageId,
        customerId,
        text,
        sources,
        month,
        attention: attention?.kind ?? null,
        question: attention?.question ?? null,
        language,
        aiTrace: JSON.stringify(storedTrace(reply.trace, { language, why: languageWhy })),
        ...outcomeColumns(reply.outcome),
        ...spentColumns(reply.spent),
      };
      const [saved] = await saveHeldAnswer(sql, answer);
      if (saved?.id === null) return 'not_saved';
      return saved ? { id: saved.id, text, status: 'sending', mode: 'ai', sentParts: 0, externalId: null, ageMs: 0 } : null;
    },

    async hold({ conversationId, epoch }: Turn, messageIds: number[], forMs: number): Promise<void> {
      await holdQuestion(sql, { conversationId, epoch, messageId: messageIds.at(-1), messageIds, forMs });
    },

    async drop({ messageId }: HeldQuestion, reason: 'nothing_to_ask'): Promise<void> {
      await dropHeldQuestion(sql, { messageId, reason });
    },
  };
}

export type HeldQuestions = ReturnType<typeof createHeldQuestions>;
