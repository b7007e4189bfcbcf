import { expect, test, vi } from 'vitest';
import { createSlots } from '#channels/telegram/start-slots.ts';

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
