import { expect, test } from 'vitest';
import { readCursor, writeCursor } from '../../../src/features/conversations/cursor.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';

test('a cursor comes back as it was', () => {
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
])('%j is none', (value) => {
  expect(readCursor(value)).toBeNull();
});
