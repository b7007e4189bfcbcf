import { expect, test } from 'vitest';
import type { MessageLine } from '../../../src/features/conversations/feature.ts';
import { earlierTurns, partialAnswer, shownAnswer } from '../../../src/features/desk/bot-answer.ts';

const line = (id: number, direction: 'in' | 'out', text: string, mode: string | null = null) =>
  ({ id, direction, text, mode }) as MessageLine;
const TALK = [
  line(1, 'in', 'Hi'),
  line(2, 'out', 'Hello.', 'fallback'),
  line(3, 'in', 'How much is a cake?'),
  line(4, 'out', 'A cake is 60 000.', 'ai'),
  line(5, 'in', 'And a big one, today?'),
  line(6, 'out', 'A big one is 90 000.', 'ai'),
  line(7, 'out', 'Yes, at six.', 'person'),
];
const card = (why: 'partial' | 'unknown', messageId = 5) => ({ messageId, content: { why, question: 'And a big one, today?' } });

test('of an answer in part the card shows what the bot knew, and that is what can be wrong', () => {
  expect(partialAnswer(card('partial'), TALK)?.id).toBe(6);
  expect(shownAnswer(card('partial'), TALK)?.id).toBe(6);
});

test('of a question without an answer it is the last answer before', () => {
  expect(earlierTurns(card('unknown'), TALK).map(({ id }) => id)).toEqual([3, 4]);
  expect(partialAnswer(card('unknown'), TALK)).toBeUndefined();
  expect(shownAnswer(card('unknown'), TALK)?.id).toBe(4);
});

test('a standard reply and a person’s words are no answers of the bot', () => {
  expect(shownAnswer(card('unknown', 3), TALK)).toBeUndefined();
  expect(shownAnswer(card('partial', 6), TALK)?.id).not.toBe(7);
  expect(shownAnswer({ messageId: null, content: { why: 'partial' } }, TALK)).toBeUndefined();
});
