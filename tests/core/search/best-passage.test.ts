import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestPassage } from '../../../src/core/search/best-passage.ts';
import { splitPassages } from '../../../src/core/search/split-passages.ts';

const prices = [
  'Nonlar',
  'Obi non 4 000 soʻm, patir 12 000 soʻm. Nonlar ertalab yopiladi.',
  'Yetkazib berish',
  'Kuryer 60 daqiqada keladi. Toshkent boʻylab yetkazish 20 000 soʻm.',
  'Biz haqimizda',
  `${'Novvoyxonamiz 1998-yilda ochilgan va oilaviy korxona hisoblanadi. '.repeat(10)}`,
].join('\n\n');

test('a short entry comes back whole', () => {
  expect(bestPassage({ content: '  Obi non 4 000 soʻm. ' }, 'patir', 100)).toBe('Obi non 4 000 soʻm.');
});

test('of a long entry the paragraph that answers, with its heading', () => {
  expect(bestPassage({ content: prices }, 'kuryer qachon keladi', 300)).toBe(
    'Yetkazib berish\nKuryer 60 daqiqada keladi. Toshkent boʻylab yetkazish 20 000 soʻm.',
  );
});

test('a heading that answers brings what follows it', () => {
  expect(bestPassage({ content: prices }, 'yetkazib berish', 300)).toContain('20 000 soʻm');
});

test('a question nothing answers gets the beginning', () => {
  expect(bestPassage({ content: prices }, 'velosiped', 300)).toContain('Obi non');
});

test('one endless word is cut, not lost', () => {
  expect(bestPassage({ content: 'a'.repeat(5_000) }, 'b', 700)).toBe('a'.repeat(700));
});

test('a passage is never longer than asked and never cuts a character in two', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 40 }),
      fc.integer({ min: 20, max: 200 }),
      (parts, max) => {
        const passage = bestPassage({ content: parts.join('. ') }, parts[0] ?? '', max);
        expect(passage.length).toBeLessThanOrEqual(max);
        expect(passage.isWellFormed()).toBe(true);
      },
    ),
  );
});

test('passages hold every word of a text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('non', 'tort.', 'choy\n', 'patir\n\n', 'qahva!', 'somsa'), { maxLength: 400 }),
      (words) => {
        const text = words.join(' ');
        expect(splitPassages(text, 80).join(' ').split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
      },
    ),
  );
});
