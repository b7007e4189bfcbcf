import { expect, test } from 'vitest';
import { withRightLine } from '../../src/core/right-line.ts';

const PRICES = 'Narxlar\nObi non 4 000 soʻm\nTort 60 000 soʻm\nSamarqand non 12 000 soʻm';

test.each([
  ['Tort narxi 60 000 soʻm.', 'Tort 65 000 soʻm', 'Narxlar\nObi non 4 000 soʻm\nTort 65 000 soʻm\nSamarqand non 12 000 soʻm'],
  // The wrong answer names them all; the right one says which it is about.
  [
    'Obi non 4 000, tort 60 000, Samarqand non 12 000 soʻm.',
    'Samarqand non endi 14 000 soʻm',
    'Narxlar\nObi non 4 000 soʻm\nTort 60 000 soʻm\nSamarqand non endi 14 000 soʻm',
  ],
])('of %j the line about the same is replaced', (wrong, right, entry) => {
  expect(withRightLine(PRICES, { wrong, right })).toBe(entry);
});

test('a short entry of one line is replaced whole', () => {
  const right = 'We are open until 22:00.';
  expect(withRightLine('We are open until 20:00.', { wrong: 'Until 20:00', right })).toBe(right);
});

test.each([
  ['the right answer names no number', 'Tort 60 000 soʻm', 'Tort faqat buyurtma bilan'],
  ['it is about something else', 'Tort 60 000 soʻm', 'Yetkazib berish 15 000 soʻm'],
  ['no line has what the wrong answer said', 'Tort 70 000 soʻm', 'Tort 65 000 soʻm'],
  ['two lines fit alike', 'Non 4 000 yoki 12 000 soʻm', 'Non 5 000 soʻm'],
])('nothing is replaced when %s', (_name, wrong, right) => {
  expect(withRightLine(PRICES, { wrong, right })).toBeNull();
});

test('said again, the entry stays as it is', () => {
  const right = 'Tort 65 000 soʻm';
  const mended = withRightLine(PRICES, { wrong: 'Tort 60 000', right }) as string;
  expect(withRightLine(mended, { wrong: 'Tort 60 000', right })).toBe(mended);
});
