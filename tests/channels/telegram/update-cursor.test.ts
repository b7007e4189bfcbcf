import { expect, test } from 'vitest';
import { createUpdateCursor } from '#channels/telegram/polling/update-cursor.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

test('the offset never passes an update that was not stored', () => {
  const cursor = createUpdateCursor();
  expect(cursor.offset(0)).toBeUndefined();
  cursor.accepted(7, 0);
  expect(cursor.offset(1)).toBe(8);
  expect(cursor.unconfirmed()).toBe(8);
});

test('an offset the server received is confirmed', () => {
  const cursor = createUpdateCursor();
  cursor.accepted(7, 0);
  cursor.confirmedBy(8);
  expect(cursor.unconfirmed()).toBeUndefined();
});

test('after a silent day the numbers may restart, unless an update is still unconfirmed', () => {
  const cursor = createUpdateCursor();
  cursor.accepted(7, 0);
  expect(cursor.offset(DAY_MS + 1)).toBe(8);
  cursor.confirmedBy(8);
  expect(cursor.offset(DAY_MS)).toBe(8);
  expect(cursor.offset(DAY_MS + 1)).toBeUndefined();
});

test('after a failure only an unconfirmed offset is sent again', () => {
  const cursor = createUpdateCursor();
  cursor.accepted(7, 0);
  cursor.restart();
  expect(cursor.offset(1)).toBe(8);
  cursor.confirmedBy(8);
  cursor.restart();
  expect(cursor.offset(1)).toBeUndefined();
});
