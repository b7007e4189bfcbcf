import { isOpenEnded } from '#core/silence.ts';
import type { ConversationHead, MessageLine } from '#features/conversations/feature.ts';
import type { createFormats } from '#platform/formats.ts';
import type { Translate } from '#platform/i18n/i18n.ts';
import type { DueMessage } from './messages.repo.ts';

interface Seen {
  message: Pick<DueMessage, 'messageId' | 'closedAt'>;
  head: Pick<ConversationHead, 'silencedUntil' | 'needsPersonAt'>;
  messages: readonly MessageLine[];
  /** Who has the conversation. */
  holder: string | null;
  t: Translate;
  formats: Pick<ReturnType<typeof createFormats>, 'formatRecent'>;
}

/** The last line of a card: who answered and how that was delivered, else who has the conversation. */
export function cardState({ message, head, messages, holder, t, formats }: Seen): { line: string } {
  const answer = answerTo(message, messages);
  const lines = [
    answer && answerLine(answer, t),
    message.closedAt && t('desk.card.state.done'),
    !message.closedAt && head.silencedUntil && heldLine(head.silencedUntil, holder, t, formats),
  ];
  return { line: lines.filter(Boolean).join('\n') };
}

/** What a person answered since. */
export const answerTo = (
  { messageId }: { messageId: number | bigint | null },
  messages: readonly MessageLine[],
): MessageLine | undefined =>
  messages.findLast(
    ({ id, direction, mode }) => direction === 'out' && mode === 'person' && messageId !== null && id > Number(messageId),
  );

function answerLine({ writtenBy, status, reason }: MessageLine, t: Translate): string {
  if (status === 'failed') {
    const what = [writtenBy, t('desk.card.delivery.failed')].filter(Boolean).join(': ');
    return reason ? `${what}. ${t(`reasons.peer.${reason}`)}` : what;
  }
  const by = writtenBy ? t('desk.card.state.answered_by', { name: writtenBy }) : t('desk.card.state.answered');
  return `${by} · ${t(`desk.card.delivery.${status}`)}`;
}

function heldLine(until: Date, holder: string | null, t: Translate, { formatRecent }: Seen['formats']): string {
  const name = holder ?? t('desk.card.colleague');
  if (isOpenEnded(until, new Date())) return t('desk.card.state.held_open', { name });
  return t('desk.card.state.held', { name, time: formatRecent(until) });
}
