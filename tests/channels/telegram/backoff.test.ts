import { expect, test } from 'vitest';
import { backoffMs, pause } from '#channels/telegram/backoff.ts';

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
