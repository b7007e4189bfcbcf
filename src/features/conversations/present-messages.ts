import { DAY_MS, MINUTE_MS } from '#core/durations.ts';
import { AI_FAILURE_REASONS, PEER_FAILURE_REASONS } from '#core/reasons.ts';
import type { MessageLine } from './messages.read.ts';
import { isByTheBot } from './present-receipt.ts';

export interface MessageItem extends MessageLine {
  /** Set on the first message of a day in the business's time zone. */
  day: { key: string; label: 'today' | 'yesterday' | null; at: Date } | null;
  /** A translation key: why it is not the AI's, or why it failed. */
  reasonKey: string | null;
  missing: boolean;
  /** It reached us long after it was written. */
  late: boolean;
  /** An answer the bot made itself. */
  correctable: boolean;
}

const LATE_MS = 10 * MINUTE_MS;

export function presentMessages(
  messages: readonly MessageLine[],
  { timeZone, now }: { timeZone: string; now: Date },
): MessageItem[] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const today = format.format(now);
  const yesterday = format.format(now.getTime() - DAY_MS);
  let previous = '';
  return messages.map((message) => {
    const key = format.format(message.createdAt);
    const label = key === today ? 'today' : key === yesterday ? 'yesterday' : null;
    const day = key === previous ? null : ({ key, label, at: message.createdAt } as const);
    previous = key;
    return {
      ...message,
      day,
      reasonKey: reasonKeyOf(message),
      correctable: message.direction === 'out' && isByTheBot(message.mode),
      late: message.writtenAt !== null && message.createdAt.getTime() - message.writtenAt.getTime() >= LATE_MS,
      missing: message.direction === 'out' && message.reason === 'no_knowledge',
    };
  });
}

/** Only reasons of the closed lists are shown. Some are in both lists; then the message's state decides. */
function reasonKeyOf({ status, reason }: MessageLine): string | null {
  const among = (list: readonly string[]): boolean => reason !== null && list.includes(reason);
  if (status === 'failed' && among(PEER_FAILURE_REASONS)) return `reasons.peer.${reason}`;
  return among(AI_FAILURE_REASONS) ? `reasons.ai.${reason}` : null;
}
