import type { MessageLine } from '#features/conversations/feature.ts';
import type { DueMessage } from './messages.repo.ts';

type Card = Pick<DueMessage, 'content'> & { messageId: number | null };

/** Earlier turns shown of a long conversation. */
const SUMMARY_TURNS = 2;
/** A standard reply is no answer, so it is not wrong. */
const CORRECTABLE: readonly unknown[] = ['ai', 'knowledge'];

/** The last turns before the question. Commands and the question itself tell nothing new. */
export function earlierTurns({ messageId, content }: Card, messages: readonly MessageLine[]): MessageLine[] {
  const isTurn = ({ id, direction, text }: MessageLine): boolean =>
    messageId !== null &&
    id < messageId &&
    text !== '' &&
    text !== content.question &&
    !(direction === 'in' && text.startsWith('/'));
  return messages.filter(isTurn).slice(-SUMMARY_TURNS);
}

/** What the bot answered to the question, where it knew a part of it. */
export const partialAnswer = ({ messageId, content }: Card, messages: readonly MessageLine[]): MessageLine | undefined =>
  content.why === 'partial' && messageId !== null
    ? messages.find(({ id, direction, mode }) => id > messageId && direction === 'out' && CORRECTABLE.includes(mode))
    : undefined;

/** The last answer of the bot that the card shows. */
export const shownAnswer = (card: Card, messages: readonly MessageLine[]): MessageLine | undefined =>
  partialAnswer(card, messages) ??
  earlierTurns(card, messages).findLast(({ direction, mode }) => direction === 'out' && CORRECTABLE.includes(mode));
