import { expect, test } from 'vitest';
import { smallTalkOf } from '../../src/core/small-talk.ts';

test.each([
  ['Salom', 'hello'],
  ['Ассалому алайкум!', 'hello'],
  ['assalomu alaykum yaxshimisiz', 'hello'],
  ['Добрый день', 'hello'],
  ['good morning', 'hello'],
  ['Katta rahmat 🙏', 'thanks'],
  ['Спасибо вам большое!', 'thanks'],
  ['thank you so much', 'thanks'],
  ["xo'p, rahmat", 'thanks'],
  ['до свидания', 'bye'],
  ['xayr', 'bye'],
  ['Xoʻp', 'okay'],
  ['ok', 'okay'],
  ['понятно', 'okay'],
])('%s is %s', (text, kind) => {
  expect(smallTalkOf(text)).toBe(kind);
});

test.each([
  'Salom, non bormi?',
  'Здравствуйте, сколько стоит торт?',
  'hello do you deliver',
  '',
  '👍',
  'ok 5',
  'day',
])('%j is not', (text) => {
  expect(smallTalkOf(text)).toBeNull();
});
