import { expect, test, vi } from 'vitest';
import { createBatcher } from '../../src/platform/batcher.ts';

test('items added together are flushed together, and each gets its own result', async () => {
  const lists: number[][] = [];
  const { add } = createBatcher<number, number>({
    spacingMs: 0,
    maxItems: 3,
    flush: async (items) => {
      lists.push(items);
      return items.map((item) => item * 2);
    },
  });

  expect(await Promise.all([1, 2, 3, 4].map(add))).toEqual([2, 4, 6, 8]);
  expect(lists).toEqual([[1, 2, 3], [4]]);
});

test('one bad item fails alone', async () => {
  const { add } = createBatcher<number, number>({
    spacingMs: 0,
    maxItems: 10,
    flush: async (items) => {
      if (items.includes(2)) throw new Error('bad');
      return items;
    },
  });
  const results = await Promise.allSettled([1, 2, 3].map(add));

  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an unavailable database is called once, not once per item', async () => {
  let flushes = 0;
  const { add } = createBatcher<number, number>({
    spacingMs: 0,
    maxItems: 10,
    flush: () => {
      flushes += 1;
      return Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    },
  });
  const results = await Promise.allSettled([1, 2, 3].map(add));

  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(flushes).toBe(1);
});

test('a stuck flush delays the next one only briefly', async () => {
  const stuck = Promise.withResolvers<void>();
  const { add } = createBatcher<number, number>({
    spacingMs: 0,
    maxItems: 1,
    flush: async (items) => {
      if (items.includes(1)) await stuck.promise;
      return items;
    },
  });
  const first = add(1);

  expect(await add(2)).toBe(2);
  stuck.resolve();
  expect(await first).toBe(1);
});

test('an item added during a flush waits for the next one', async () => {
  const lists: string[][] = [];
  const first = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { add } = createBatcher<string, string>({
    spacingMs: 0,
    maxItems: 10,
    flush: async (items) => {
      lists.push(items);
      begun.resolve();
      if (lists.length === 1) await first.promise;
      return items;
    },
  });
  const all = [add('a')];
  await begun.promise;
  all.push(add('b'), add('c'));
  first.resolve();

  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
  expect(lists).toEqual([['a'], ['b', 'c']]);
});

test('items soon after a flush gather for the next one; later ones are flushed at once', async () => {
  vi.useFakeTimers();
  try {
    const lists: string[][] = [];
    const { add } = createBatcher<string, string>({
      spacingMs: 10,
      maxItems: 10,
      flush: async (items) => {
        lists.push(items);
        return items;
      },
    });
    await Promise.all([add('a'), vi.advanceTimersByTimeAsync(1)]);
    const soon = [add('b')];
    await vi.advanceTimersByTimeAsync(4);
    soon.push(add('c'));
    await vi.advanceTimersByTimeAsync(4);
    expect(lists).toEqual([['a']]);
    await Promise.all([...soon, vi.advanceTimersByTimeAsync(2)]);
    expect(lists).toEqual([['a'], ['b', 'c']]);

    await vi.advanceTimersByTimeAsync(20);
    await Promise.all([add('d'), vi.advanceTimersByTimeAsync(1)]);
    expect(lists.at(-1)).toEqual(['d']);
  } finally {
    vi.useRealTimers();
  }
});
