import { expect, test } from 'vitest';
import { fillBlanks, hasBlanks, partsOf } from '../../../src/core/entry-blanks.ts';
import { REPLY_LANGUAGES } from '../../../src/core/languages.ts';
import { presetName, presetOf, readPreset } from '../../../src/features/presets/read-preset.ts';
import { TRADES } from '../../../src/features/presets/trades.ts';

const ALL = TRADES.flatMap((trade) => REPLY_LANGUAGES.map((language) => ({ trade, language })));

test.each(ALL)('$trade in $language has a prompt and ten different entries with blanks and questions', ({ trade, language }) => {
  const { prompt, entries } = readPreset(trade, language);

  expect(prompt).toContain('{{name}}');
  expect(prompt.length).toBeLessThan(2_000);
  expect(new Set(entries.map(({ title }) => title)).size).toBe(10);
  expect(new Set(entries.map(({ question }) => question)).size).toBe(10);
  for (const { title, content, question } of entries) {
    expect(title.length).toBeLessThan(80);
    expect(hasBlanks(content)).toBe(true);
    expect(content).not.toMatch(/^[?#]/m);
    expect(question).not.toBe('');
  }
  expect(presetOf(presetName(trade, language))).toEqual({ trade, language });
});

test.each(TRADES)('%s has as many blanks in every language', (trade) => {
  const counts = REPLY_LANGUAGES.map((language) =>
    readPreset(trade, language).entries.map(({ content }) => partsOf(content).filter((part) => 'blank' in part).length),
  );
  for (const count of counts) expect(count).toEqual(counts[0]);
});

test.each(TRADES)('%s in Cyrillic Uzbek has Cyrillic words only', (trade) => {
  const { prompt, entries } = readPreset(trade, 'uz-Cyrl');
  const text = [prompt, ...entries.flatMap(({ title, content, question }) => [title, content, question])].join('\n');
  expect(text.replaceAll(/\{\{name\}\}|IMEI/g, '').match(/[a-z]{2,}/gi) ?? []).toEqual([]);
});

test('a blank is filled with its value; one without a value stays', () => {
  const text = 'From [[price]] soum, order [[days]] ahead.';
  expect(fillBlanks(text, ['180 000', ' '])).toBe('From 180 000 soum, order [[days]] ahead.');
  expect(fillBlanks(text, ['[[x]]\n', '2 days'])).toBe('From x soum, order 2 days ahead.');
  expect(partsOf(text)).toEqual([
    { text: 'From ' },
    { blank: 'price', at: 0 },
    { text: ' soum, order ' },
    { blank: 'days', at: 1 },
    { text: ' ahead.' },
  ]);
});

test('a name that is no preset is none', () => {
  expect([presetOf('bakery'), presetOf('bakery.fr'), presetOf('../etc.uz')]).toEqual([null, null, null]);
});
