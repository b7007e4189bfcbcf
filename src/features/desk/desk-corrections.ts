import type { ConversationHead } from '#features/conversations/feature.ts';
import type { CorrectionsInWords } from '#features/corrections/feature.ts';
import type { Actor } from '#web/actor.ts';
import type { DeskContent } from './messages.repo.ts';

const MAX_SHOWN_CHARS = 600;

export interface WrongAnswerOf {
  head: Pick<ConversationHead, 'id' | 'botId'>;
  messageId: number;
}

/** A member wrote what is right: the knowledge is mended, and the member sees what the bot says now. */
export const createCorrectInDesk =
  ({ corrections }: { corrections: Pick<CorrectionsInWords, 'correct'> }) =>
  async (actor: Actor, { head, messageId }: WrongAnswerOf, words: string): Promise<DeskContent> => {
    const of = { botId: head.botId, conversationId: head.id, messageId };
    const { title, left, says } = await corrections.correct(actor, of, words);
    const params = { title, answer: (says ?? words).slice(0, MAX_SHOWN_CHARS).toWellFormed(), ...(left !== null && { left }) };
    const key = left === null ? 'desk.note.corrected' : 'desk.note.corrected_beside';
    return { key, params, corrected: { messageId, words } };
  };

export type CorrectInDesk = ReturnType<typeof createCorrectInDesk>;
