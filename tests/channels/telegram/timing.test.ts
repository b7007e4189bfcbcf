import { expect, test, vi } from 'vitest';
import { backoffMs, createTimedSemaphore, floodPauseMs, pause } from '#channels/telegram/polling/timing.ts';

const times = { retryMs: 500, maxRetryMs: 5_000 };

test.each([
  [1, 500],
  [2, 1_000],
  [4, 4_000],
  [5, 5_000],
  [1_000, 5_000],
])('failure %i waits between half of and all of %i ms', (failures, fullMs) => {
  expect(backoffMs(failures, times, 0)).toBe(fullMs / 2);
  expect(backoffMs(failures, times, 1)).toBe(fullMs);
});

test('a pause ends at once when it is aborted', async () => {
  const stopping = new AbortController();
  const paused = pause(60_000, stopping.signal);
  stopping.abort();
  expect(await paused).toBeUndefined();
  expect(await pause(60_000, stopping.signal)).toBeUndefined();
});

test('only a flood of updates in one poll delays the next poll', () => {
  const times = { calmUpdates: 20, perUpdateMs: 5 };
  expect(floodPauseMs(1, times)).toBe(0);
  expect(floodPauseMs(20, times)).toBe(0);
  expect(floodPauseMs(100, times)).toBe(400);
});

test('at most the allowed number run at once, and each gets its turn', async () => {
  const semaphore = createTimedSemaphore(3, 10_000);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const release = await semaphore.take();
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      release();
      release();
    }),
  );
  expect(most).toBe(3);
});

test('a holder that hangs loses its place', async () => {
  vi.useFakeTimers();
  const semaphore = createTimedSemaphore(1, 5_000);
  await semaphore.take();
  const second = semaphore.take();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await second).toBeTypeOf('function');
  vi.useRealTimers();
});
