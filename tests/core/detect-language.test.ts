import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { detectLanguage } from '../../src/core/detect-language.ts';

const fixture: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('../fixtures/short-messages.json', import.meta.url), 'utf8'),
);
const cases = Object.entries(fixture).flatMap(([language, texts]) =>
  texts.map((text) => ({ text, expected: language === 'null' ? null : language })),
);

test('at least 95 % of short real-life messages are told right, in each language', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150);
  for (const language of Object.keys(fixture)) {
    const own = cases.filter(({ expected }) => String(expected) === language);
    const wrong = own
      .filter(({ text, expected }) => detectLanguage(text) !== expected)
      .map(({ text }) => `${text} → ${detectLanguage(text)}`);
    expect(wrong.length / own.length, `${language}: ${wrong.join(' | ')}`).toBeLessThanOrEqual(0.05);
  }
});

test.each([
  ['Qancha turadi?', 'uz'],
  ['Қанча туради?', 'uz-Cyrl'],
  ['канча туради', 'uz-Cyrl'],
  ['kancha turadi', 'uz'],
  ['Сколько стоит?', 'ru'],
])('%s is %s, whichever keyboard it was typed on', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

test.each(["o'zbek", 'oʻzbek', 'o‘zbek', 'o`zbek'])('%s shows Uzbek by its apostrophe', (text) => {
  expect(detectLanguage(text)).toBe('uz');
});

test.each([
  'Salom, hello',
  '💐🌷',
  'Toshkent',
  'Nike',
  '5 000',
  'user@example.com',
  '/help',
])('%s does not show a language', (text) => {
  expect(detectLanguage(text)).toBeNull();
});

test('a long text is judged by its beginning, quickly', () => {
  expect(detectLanguage('Tort qancha turadi? '.repeat(50_000))).toBe('uz');
});
