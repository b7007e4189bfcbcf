import { expect, test } from 'vitest';
import { replyWindow } from '../../src/core/reply-window.ts';

const DAY_MS = 86_400_000;
const wroteAt = new Date('2026-11-22T10:00:00.000Z');
const after = (ms: number): Date => new Date(wroteAt.getTime() + ms);

test.each([
  ['at once', 0, true],
  ['a millisecond before the end', DAY_MS - 1, true],
  ['at the end', DAY_MS, false],
  ['long after', 3 * DAY_MS, false],
  // A customer's message whose time is ahead of our clock is no reason to be silent.
  ['with a clock that is behind', -60_000, true],
])('a day-long window, asked %s', (_name, ms, open) => {
  expect(replyWindow({ lastCustomerMessageAt: wroteAt, windowMs: DAY_MS, now: after(ms) })).toEqual({
    open,
    closesAt: after(DAY_MS),
  });
});

test('a platform without a window is always open, even to a customer who never wrote', () => {
  const always = { open: true, closesAt: null };
  expect(replyWindow({ lastCustomerMessageAt: wroteAt, windowMs: null, now: after(9 * DAY_MS) })).toEqual(always);
  expect(replyWindow({ lastCustomerMessageAt: null, windowMs: null, now: wroteAt })).toEqual(always);
});

test('a customer who never wrote has no window', () => {
  expect(replyWindow({ lastCustomerMessageAt: null, windowMs: DAY_MS, now: wroteAt })).toEqual({ open: false, closesAt: null });
});
