import { expect, test } from 'vitest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { pageOf, readCursor, writeCursor } from '../../src/web/paging.ts';

test('a cursor survives the round trip', () => {
  const cursor = { at: new Date('2026-11-22T10:11:12.345Z'), id: newId() };
  expect(readCursor(writeCursor(cursor))).toEqual(cursor);
});

test.each([
  undefined,
  '',
  ['a', 'b'],
  'x'.repeat(5_000),
  'not base64 ☃',
  Buffer.from(`abc_${newId()}`).toString('base64url'),
  Buffer.from('1700000000000_not-an-id-not-an-id-not-an-id-not-an').toString('base64url'),
  Buffer.from(`999999999999999_${newId()}`).toString('base64url'),
])('%j is not a cursor', (value) => {
  expect(readCursor(value)).toBeNull();
});

test.each([
  { rows: [3, 2, 1], shown: [3, 2], last: 2 },
  { rows: [3, 2], shown: [3, 2], last: null },
  { rows: [], shown: [], last: null },
])('$rows are the page $shown of two, and the next one continues after $last', ({ rows, shown, last }) => {
  expect(pageOf(rows, 2)).toEqual({ shown, last });
});
