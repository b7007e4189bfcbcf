import type { HistoryTurn } from './message.ts';

interface Line {
  id: number;
  direction: 'in' | 'out';
  text: string;
  mediaText: string | null;
  createdAt: Date;
}

export interface OpenTurn {
  /** The newest of the customer's messages. */
  messageId: number;
  question: string;
  history: HistoryTurn[];
}

const HISTORY_TURNS = 10;

const wordsOf = ({ text, mediaText }: Line): string => [text, mediaText].filter(Boolean).join('\n');
const isCommand = ({ text }: Line): boolean => text.startsWith('/');

/** What the customer has said since our last message. Null: nothing, or nothing in words. */
export function openTurnOf(messages: readonly Line[]): OpenTurn | null {
  const from = messages.findLastIndex(({ direction }) => direction === 'out') + 1;
  const asked = messages.slice(from).filter((line) => !isCommand(line) && wordsOf(line) !== '');
  const newest = asked.at(-1);
  if (!newest) return null;
  const history = messages
    .slice(0, from)
    .filter((line) => wordsOf(line) !== '')
    .slice(-HISTORY_TURNS)
    .map(
      (line): HistoryTurn => ({ role: line.direction === 'in' ? 'customer' : 'bot', text: wordsOf(line), at: line.createdAt }),
    );
  return { messageId: newest.id, question: asked.map(wordsOf).join('\n'), history };
}
