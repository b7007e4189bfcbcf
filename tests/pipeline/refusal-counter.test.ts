import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefusalCounter, type RefusalCount } from '../../src/pipeline/refusal-counter.ts';

import { silent } from '../support/pipeline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world() {
  const written: RefusalCount[][] = [];
  let away = false;
  const counter = createRefusalCounter({
    async write(counts) {
      if (away) throw new Error('the database is away');
      written.push(counts);
    },
    meter: () => {},
    logger: silent,
  });
  return {
    ...counter,
    written,
    setAway(is: boolean): void {
      away = is;
    },
  };
}

test('a thousand refusals a second are one statement in two seconds, with one number per platform and reason', async () => {
  const { refused, written } = world();
  for (let second = 0; second < 10; second += 1) {
    for (let i = 0; i < 1_000; i += 1) refused(i % 2 ? 'whatsapp' : 'instagram', 'unsigned');
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await vi.advanceTimersByTimeAsync(2_000);

  expect(written.length).toBeLessThanOrEqual(6);
  expect(written.every((counts) => counts.length === 2)).toBe(true);
  expect(written.flat().reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});

test('without refusals nothing is written', async () => {
  const { written, flush, stop } = world();
  await vi.advanceTimersByTimeAsync(3_600_000);
  await flush();
  await stop();
  expect(written).toEqual([]);
});

test('counts that the database did not take are written later', async () => {
  const { refused, written, setAway } = world();
  setAway(true);
  for (let minute = 0; minute < 10; minute += 1) {
    refused('telegram', 'malformed');
    await vi.advanceTimersByTimeAsync(60_000);
  }
  setAway(false);
  await vi.advanceTimersByTimeAsync(30_000);

  expect(written).toEqual([[{ platform: 'telegram', reason: 'malformed', count: 10 }]]);
});
