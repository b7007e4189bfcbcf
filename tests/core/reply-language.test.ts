import { expect, test } from 'vitest';
import { replyLanguage } from '../../src/core/reply-language.ts';

const nothing = { text: '', known: null, chosen: false, platformLanguage: null };

test.each([
  ['what was chosen, whatever is written', { ...nothing, text: 'Сколько стоит хлеб?', known: 'en', chosen: true }, 'en'],
  ['what is written now', { ...nothing, text: 'Сколько стоит хлеб?', known: 'en' }, 'ru'],
  ['what was written before', { ...nothing, text: '👍', known: 'uz-Cyrl' }, 'uz-Cyrl'],
  ['what the platform says', { ...nothing, platformLanguage: 'en-GB' }, 'en'],
  ['Uzbek when the platform says something else', { ...nothing, platformLanguage: 'de' }, 'uz'],
  ['Uzbek when nothing is known', nothing, 'uz'],
] as const)('a customer is answered in %s', (_name, given, language) => {
  expect(replyLanguage(given)).toBe(language);
});
