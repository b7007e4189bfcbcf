import { expect, test, vi } from 'vitest';
import { backoffMs, createSlots, floodPauseMs, pause } from '#channels/telegram/polling/timing.ts';

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

test('only a bot that brings a flood of updates at once is left alone for a while', () => {
  const times = { calmUpdates: 20, perUpdateMs: 5 };
  expect(floodPauseMs(1, times)).toBe(0);
  expect(floodPauseMs(20, times)).toBe(0);
  expect(floodPauseMs(100, times)).toBe(400);
});

test('no more than the allowed number run at once, and each is served', async () => {
  const slots = createSlots(3, 10_000);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const release = await slots.take();
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

test('one that hangs gives its turn back', async () => {
  vi.useFakeTimers();
  const slots = createSlots(1, 5_000);
  await slots.take();
  const second = slots.take();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await second).toBeTypeOf('function');
  vi.useRealTimers();
});
