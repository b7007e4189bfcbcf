import { expect, test } from 'vitest';
import { createTokenBuckets } from '../../src/platform/token-buckets.ts';

const buckets = () => {
  const clock = { ms: 0 };
  return { clock, ...createTokenBuckets({ capacity: 100, perSecond: 10, nowMs: () => clock.ms }) };
};

test('a key uses its capacity at once, then what comes each second', () => {
  const { clock, left, use, msUntilMore } = buckets();
  use('a', 110);
  expect([left('a'), msUntilMore('a'), left('b')]).toEqual([-10, 1_000, 100]);
  clock.ms = 3_000;
  expect([left('a'), msUntilMore('a')]).toEqual([20, 0]);
});

test('it saves up no more than the capacity, and owes no more either', () => {
  const { clock, left, use } = buckets();
  use('a', 1_000_000);
  expect(left('a')).toBe(-100);
  clock.ms = 3_600_000;
  expect(left('a')).toBe(100);
});
