import { AI_FAILURE_REASONS, PEER_FAILURE_REASONS } from '#core/reasons.ts';
import type { MessageLine } from './messages.read.ts';

/** A message with what the page says about it. */
export interface MessageItem extends MessageLine {
  /** The first message of a day in the business's time zone carries the day. */
  day: { key: string; label: 'today' | 'yesterday' | null; at: Date } | null;
  /** Why it is not the AI's, or why it failed: a translation key. */
  reasonKey: string | null;
  /** Nothing in the knowledge fitted: the owner can mend that. */
  missing: boolean;
}

const DAY_MS = 86_400_000;

/** Pure: `now` and the time zone are arguments. */
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
      missing: message.direction === 'out' && message.reason === 'no_knowledge',
    };
  });
}

/** Only reasons of the closed lists are shown; some words are in both, and then the message's state tells which is meant. */
function reasonKeyOf({ status, reason }: MessageLine): string | null {
  const among = (list: readonly string[]): boolean => reason !== null && list.includes(reason);
  if (status === 'failed' && among(PEER_FAILURE_REASONS)) return `reasons.peer.${reason}`;
  return among(AI_FAILURE_REASONS) ? `reasons.ai.${reason}` : null;
}
