import { expect, test } from 'vitest';
import { savedReplyFor } from '../../src/core/saved-reply.ts';

const uz = 'Assalomu alaykum, {name}! Doʻkon 9 dan ochiq.';
const ru = 'Здравствуйте, {name}! Открыты с девяти.';

test.each([
  ['uz', 'Assalomu alaykum, Aziz! Doʻkon 9 dan ochiq.'],
  ['uz-Cyrl', 'Ассалому алайкум, Aziz! Дўкон 9 дан очиқ.'],
  ['ru', 'Здравствуйте, Aziz! Открыты с девяти.'],
  ['en', 'Assalomu alaykum, Aziz! Doʻkon 9 dan ochiq.'],
  [null, 'Assalomu alaykum, Aziz! Doʻkon 9 dan ochiq.'],
] as const)('to a customer of the language %s it says %s', (language, text) => {
  expect(savedReplyFor({ uz, ru }, language, 'Aziz')).toBe(text);
});

test('Cyrillic Uzbek becomes Latin for who writes so', () => {
  expect(savedReplyFor({ 'uz-Cyrl': 'Раҳмат, {name}' }, 'uz', 'Азиз')).toBe('Rahmat, Азиз');
});

test('without a name the comma before it goes as well', () => {
  expect(savedReplyFor({ ru }, 'ru', null)).toBe('Здравствуйте! Открыты с девяти.');
  expect(savedReplyFor({ en: '{name}, we are open.' }, 'en', null)).toBe('we are open.');
});

test('a name is put in as it is', () => {
  expect(savedReplyFor({ en: 'Hi {name}' }, 'en', '$& {name}')).toBe('Hi $& {name}');
});
