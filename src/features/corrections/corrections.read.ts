import { createHash } from 'node:crypto';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, ReplyMode, Source } from '#core/message.ts';
import type { AnswerRef } from '#pipeline/corrections.ts';
import type { Database } from '#platform/db/database.ts';

export interface WrongAnswer extends AnswerRef {
  botId: string;
  text: string;
  mode: ReplyMode;
  /** What the customer asked; '' when it is not stored any more. */
  question: string;
  sources: Source[];
  language: ReplyLanguage | null;
  /** Before the question, oldest first. */
  history: HistoryTurn[];
  inPlayground: boolean;
  /** The id of the entry that is made when the answer came from none. */
  newEntryId: string;
}

const BY_THE_BOT = ['ai', 'knowledge', 'fallback'];
const MAX_HISTORY = 8;

/** Answers of the bot, in conversations of customers and in the asker's own playground. */
export function createWrongAnswers({ prisma }: Pick<Database, 'prisma'>) {
  async function historyBefore({ tenantId, conversationId }: AnswerRef, id: bigint): Promise<HistoryTurn[]> {
    const rows = await prisma.message.findMany({
      where: { tenantId, conversationId, id: { lt: id }, text: { not: '' } },
      select: { text: true, direction: true, createdAt: true },
      orderBy: { id: 'desc' },
      take: MAX_HISTORY,
    });
    return rows
      .reverse()
      .map(({ text, direction, createdAt }) => ({ role: direction === 'in' ? 'customer' : 'bot', text, at: createdAt }));
  }

  /** Null: there is no such answer of the bot. */
  return async (ref: AnswerRef & { botId: string; userId: string }): Promise<WrongAnswer | null> => {
    const { tenantId, botId, conversationId, messageId, userId } = ref;
    const found = await prisma.message.findFirst({
      where: {
        tenantId,
        conversationId,
        id: messageId,
        direction: 'out',
        mode: { in: BY_THE_BOT },
        conversation: { botId, OR: [{ connectionId: { not: null } }, { chatId: userId }] },
      },
      select: {
        text: true,
        mode: true,
        sources: true,
        replyToId: true,
        followUpToId: true,
        conversation: { select: { language: true, connectionId: true } },
      },
    });
    if (!found) return null;
    const askedId = found.replyToId ?? found.followUpToId;
    const asked = askedId && (await prisma.message.findFirst({ where: { tenantId, conversationId, id: askedId } }));
    return {
      ...{ tenantId, botId, conversationId, messageId },
      text: found.text,
      mode: found.mode as ReplyMode,
      question: asked ? asked.text : '',
      sources: (found.sources ?? []) as unknown as Source[],
      language: found.conversation.language as ReplyLanguage | null,
      history: asked ? await historyBefore(ref, asked.id) : [],
      inPlayground: found.conversation.connectionId === null,
      newEntryId: entryIdFor(messageId),
    };
  };
}

export type WrongAnswers = ReturnType<typeof createWrongAnswers>;

/** A UUID of version 8 from the message, so that a form sent twice makes one entry. */
function entryIdFor(messageId: number): string {
  const hex = createHash('sha256').update(`correction:${messageId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
