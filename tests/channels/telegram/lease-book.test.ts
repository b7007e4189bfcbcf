import { expect, test } from 'vitest';
import { createLeaseBook } from '#channels/telegram/polling/bot-manager.ts';

test('a lease ends here before it ends in the database, counted from before the query', () => {
  let nowMs = 1_000;
  const book = createLeaseBook({ leaseMs: 15_000, marginMs: 2_000, now: () => nowMs });
  expect(book.isValid('c1')).toBe(false);

  book.granted('c1', 1_000);
  nowMs = 13_999;
  expect(book.isValid('c1')).toBe(true);
  nowMs = 14_000;
  expect(book.isValid('c1')).toBe(false);
});

test('a dropped lease ends at once', () => {
  const book = createLeaseBook({ leaseMs: 15_000, marginMs: 2_000, now: () => 0 });
  book.granted('c1', 0);
  book.drop('c1');
  expect(book.isValid('c1')).toBe(false);
});
