import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteBudget } from '../../src/platform/byte-budget.ts';

test('a key has its share, others pass it, and a large one is not overtaken for ever', async () => {
  const budget = createByteBudget(100, 60);
  const order: string[] = [];
  const take = (key: string, bytes: number, name: string) =>
    budget.take(key, bytes).then((reservation) => {
      order.push(name);
      return reservation;
    });
  const first = await take('a', 60, 'a1');
  const waits = take('a', 10, 'a2');
  const other = await take('b', 40, 'b1');
  const large = take('b', 20, 'b2');
  const small = take('c', 5, 'c1');
  expect([order, budget.used()]).toEqual([['a1', 'b1'], 100]);
  other.free();
  await Promise.all([large, small]);
  first.shrinkTo(50);
  first.shrinkTo(90);
  await waits;
  expect([order, budget.used()]).toEqual([['a1', 'b1', 'b2', 'c1', 'a2'], 85]);
});

test('however it is used, no limit is exceeded, everybody gets a turn, and all is given back', async () => {
  const job = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.integer({ min: 0, max: 80 }),
    keeps: fc.integer({ min: 0, max: 80 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 30 }), async (jobs) => {
      const budget = createByteBudget(100, 60);
      await Promise.all(
        jobs.map(async ({ key, bytes, keeps }) => {
          const reservation = await budget.take(key, bytes);
          expect(budget.used()).toBeLessThanOrEqual(100);
          await Promise.resolve();
          reservation.shrinkTo(keeps);
          reservation.free();
          reservation.free();
        }),
      );
      expect(budget.used()).toBe(0);
    }),
  );
});
