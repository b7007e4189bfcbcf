import { expect, test } from 'vitest';
import { createFairShares } from '../../src/pipeline/fair-shares.ts';

const wishes = (counts: Record<string, number>) => new Map(Object.entries(counts));

test('each gets its share and no more, whatever the others have', () => {
  const shares = createFairShares({ most: 3, mostOfOneClaim: 2 });
  for (let i = 0; i < 2; i += 1) shares.begin('a');

  expect(shares.roomFor(wishes({ a: 1, b: 3, c: 4 }), 100)).toEqual(['a', 'b']);
  shares.begin('a');
  expect(shares.full()).toEqual(['a']);
  shares.end('a');
  expect(shares.full()).toEqual([]);
});

test('work beyond the total capacity waits', () => {
  const shares = createFairShares({ most: 10, mostOfOneClaim: 2 });

  expect(shares.roomFor(wishes({ a: 2, b: 3, c: 1 }), 3)).toEqual(['a', 'c']);
});

test('new work does not overtake waiting work until a claim finds no more of it', () => {
  const shares = createFairShares({ most: 3, mostOfOneClaim: 2 });
  expect(shares.roomFor(wishes({ a: 4 }), 100)).toEqual([]);
  expect(shares.roomFor(wishes({ a: 1 }), 100)).toEqual([]);

  expect(shares.claimed(['a', 'a'], [])).toBe(true);
  expect(shares.roomFor(wishes({ a: 1 }), 100)).toEqual([]);
  expect(shares.claimed(['a'], ['b'])).toBe(false);
  expect(shares.roomFor(wishes({ a: 1, b: 1 }), 100)).toEqual(['a']);
});
