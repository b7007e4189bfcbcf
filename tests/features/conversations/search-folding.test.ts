import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldUzbek } from '../../../src/core/uzbek.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

const one = async (expression: string, values: unknown[]): Promise<unknown> => {
  const { rows } = await opened.database.sql.query<{ value: unknown }>(`SELECT ${expression} AS value`, values);
  return rows[0]?.value;
};

test.each([
  'Ассалому алайкум, йўқ! Ёрдам керак; Шахзода, Чиноз, Ғиждувон, Ҳамид',
  'Oʻzbekiston gʻoʻza sanʼat, o‘tkir O`tkir',
  'Щука цирк объект подъезд Юлия Яна Эльёр ПРИВЕТ',
  'Qizil xona, Xiva; yetti yo‘l, tsirk; ABC-180 000 soʻm (2 kg)',
])('the database folds %j as the answers do', async (text) => {
  const words = (folded: string): string[] => folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  expect(words((await one('search_folded($1)', [text])) as string)).toEqual(words(foldUzbek(text.toLowerCase())));
});

test.each([
  "it''s",
  '\\',
  '%_',
  ':* & | ! ( )',
  '\n\t',
  'x'.repeat(9_000),
  '<->',
  '😀',
  '\u0301',
])('any text can be indexed and searched for: %j', async (text) => {
  const id = newId();
  expect(await one('search_words($1, $2) IS NOT NULL', [id, text])).toBe(true);
  expect(await one('search_parts($1, $2) IS NOT NULL', [id, text])).toBe(true);
  expect(await one('search_words($1, $2) @@ search_query($1, $2) IS NOT FALSE', [id, text])).toBe(true);
});

test('a word is cut after 30 letters, and marks alone are no words', async () => {
  const id = newId();
  expect(await one('search_words($1, $2)::text', [id, `— ${'x'.repeat(40)}, «Non» …`])).toBe(
    `'${id.slice(-8)}${'h'.repeat(30)}' '${id.slice(-8)}non'`,
  );
  expect(await one('length(search_words($1, $2))', [id, ' — … '])).toBe(0);
});

test('the words of one business are not those of another', async () => {
  const [mine, other] = ['0189aaaa-0000-7000-8000-000000000001', '0189aaaa-0000-7000-8000-000000000002'];
  expect(await one('search_words($1, $3) @@ search_query($2, $3)', [mine, other, 'tort'])).toBe(false);
  expect(await one('search_words($1, $3) @@ search_query($2, $3)', [mine, mine, 'tort'])).toBe(true);
});
