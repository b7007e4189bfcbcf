import type { HistoryTurn } from '#core/message.ts';
import { storableText } from '#core/storable-text.ts';
import type { TurnMessage } from '#core/turn.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { NewReply, SavedReply, Turn } from './turn.ts';

/** A question that came when the plan had no answers left, with the history before it. */
export interface HeldQuestion {
  messageId: number;
  messageIds: number[];
  messages: TurnMessage[];
  history: HistoryTurn[];
}

interface OfConversation {
  conversationId: string;
}
interface Fenced extends OfConversation {
  epoch: number;
  messageId: number | undefined;
}
interface HeldAnswer extends Fenced {
  customerId: string | null;
  text: string;
  sources: string | null;
  month: string | null;
}

const dropMoot = report<OfConversation, { messageIds: number[] }>(import.meta.url, './statements/drop-moot-held-questions.sql');
const nextHeldQuestion = report<OfConversation, HeldQuestion>(import.meta.url, './statements/next-held-question.sql');
const saveHeldAnswer = report<HeldAnswer, { id: number | null }>(import.meta.url, './statements/save-held-answer.sql');
const holdQuestion = report<Fenced & { messageIds: number[]; forMs: number }>(import.meta.url, './statements/hold-question.sql');
const dropHeldQuestion = report<{ messageId: number; reason: string }>(import.meta.url, './statements/drop-held-question.sql');

/** Questions held until the plan has answers again. The turn's epoch fences every write. */
export function createHeldQuestions({ sql }: { sql: Sql }) {
  return {
    /** Drops questions that need no answer any more. Returns the messages whose charge, if any, is to be given back. */
    dropMoot: async ({ conversationId }: Turn): Promise<number[]> =>
      (await dropMoot(sql, { conversationId })).flatMap(({ messageIds }) => messageIds),

    /** The oldest held question. */
    next: async ({ conversationId }: Turn): Promise<HeldQuestion | null> =>
      (await nextHeldQuestion(sql, { conversationId }))[0] ?? null,

    /** Null: another worker has the conversation or the question. */
    async saveFollowUp(turn: Turn, question: HeldQuestion, reply: NewReply, month: string | null): Promise<SavedReply> {
      const { conversationId, epoch, customerId } = turn;
      const text = storableText(reply.text);
      const sources = reply.sources.length > 0 ? JSON.stringify(reply.sources) : null;
      const answer = { conversationId, epoch, messageId: question.messageId, customerId, text, sources, month };
      const [saved] = await saveHeldAnswer(sql, answer);
      if (saved?.id === null) return 'stopped';
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
