import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listTitles, pickedTitle } from '../../../src/core/search/offered-titles.ts';

const list = `Qaysi biri?\n${listTitles(['Yetkazib berish', 'Тўлов усуллари', 'Цены на торты'])}`;

test.each([
  ['2', 'Тўлов усуллари'],
  [' 3. ', 'Цены на торты'],
  ['1-chi', 'Yetkazib berish'],
  ['2️⃣', 'Тўлов усуллари'],
  ['№3', 'Цены на торты'],
  ['yetkazib berish', 'Yetkazib berish'],
  ['Етказиб бериш', 'Yetkazib berish'],
  ["To'lov usullari", 'Тўлов усуллари'],
  ['цены на торты', 'Цены на торты'],
])('%j picks %s', (reply, title) => {
  expect(pickedTitle(list, reply)).toBe(title);
});

test.each(['4', '0', '12', 'rahmat', '2 kg tort', ''])('%j picks none', (reply) => {
  expect(pickedTitle(list, reply)).toBeNull();
});

test('every listed title is picked by its number and by its words', () => {
  const title = fc
    .string({ unit: fc.constantFrom(...'abcdefgh jklm'), minLength: 2, maxLength: 20 })
    .map((text) => `t${text.trim()}`);
  fc.assert(
    fc.property(
      fc.uniqueArray(title, { minLength: 1, maxLength: 3, selector: (text) => text.replace(/\s+/g, ' ') }),
      (titles) => {
        const listed = listTitles(titles);
        for (const [at, wanted] of titles.entries()) {
          const oneLine = wanted.replace(/\s+/g, ' ');
          expect(pickedTitle(listed, String(at + 1))).toBe(oneLine);
          expect(pickedTitle(listed, wanted.replace(/\s+/g, ' '))).toBe(oneLine);
        }
      },
    ),
  );
});
