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

test.each([
  'ok',
  'Ok',
  'Menu',
  'Coca Cola',
  'Good',
  'доставка',
  'iphone 13',
  'hello',
  'Instagram',
  'привет',
  '👍',
  'Samsung Galaxy S23 Ultra',
])('an Uzbek conversation stays Uzbek after %j, in its script', (text) => {
  expect(replyLanguage({ ...nothing, text, known: 'uz' })).toBe('uz');
  expect(replyLanguage({ ...nothing, text, known: 'uz-Cyrl' })).toBe('uz-Cyrl');
});

test.each([
  ['Сколько стоит?', 'ru'],
  ['Привезёте торт вечером?', 'ru'],
  ['how much is it', 'en'],
  ['нон борми сизларда', 'uz-Cyrl'],
  ['qancha turadi', 'uz'],
] as const)('%j changes the language to %s', (text, language) => {
  for (const known of ['uz', 'uz-Cyrl', 'ru', 'en'] as const) expect(replyLanguage({ ...nothing, text, known })).toBe(language);
});

test.each(['адрес', 'доставка', 'номер'])('%j as the first words is answered in its script', (text) => {
  expect(replyLanguage({ ...nothing, text })).toBe('ru');
  expect(replyLanguage({ ...nothing, text, platformLanguage: 'en' })).toBe('ru');
  expect(replyLanguage({ ...nothing, text, platformLanguage: 'uz' })).toBe('uz-Cyrl');
});

test.each(['adres', 'Menu', 'dostavka', 'nomer'])('%j as the first words is nobody\u2019s', (text) => {
  expect(replyLanguage({ ...nothing, text })).toBe('uz');
  expect(replyLanguage({ ...nothing, text, platformLanguage: 'ru' })).toBe('ru');
});
