import { expect, test } from 'vitest';
import { createLoopTime } from '../../src/platform/loop-time.ts';

function metered() {
  const clock = { busyMs: 0, nowMs: 0 };
  const loop = createLoopTime({ busyMs: () => clock.busyMs, nowMs: () => clock.nowMs });
  const used: Record<string, number> = {};
  const begin = (name: string) =>
    loop.begin((ms) => {
      used[name] = (used[name] ?? 0) + ms;
    });
  return { clock, used, begin };
}

test('the loop’s time is divided among those at work at the same moment', () => {
  const { clock, used, begin } = metered();
  const endFirst = begin('first');
  clock.busyMs = 10;
  const endSecond = begin('second');
  clock.busyMs = 30;
  endFirst();
  clock.busyMs = 35;
  endSecond();
  endSecond();
  clock.busyMs = 100;
  begin('third');
  expect(used).toEqual({ first: 20, second: 15 });
});

test('who lasts long is not taken for the one who keeps it busy', () => {
  const { clock, used, begin } = metered();
  begin('copy of everything');
  Object.assign(clock, { busyMs: 5, nowMs: 3_000 });
  const end = begin('page');
  clock.busyMs = 505;
  end();
  expect(used).toEqual({ 'copy of everything': 5, page: 500 });
});

test('what is done for others meanwhile is not charged to those who are counted', () => {
  const clock = { busyMs: 0 };
  let used = 0;
  const loop = createLoopTime({ busyMs: () => clock.busyMs, others: () => 1 });
  const end = loop.begin((ms) => {
    used += ms;
  });
  clock.busyMs = 100;
  end();
  expect(used).toBe(50);
});

test('it measures the loop of this thread', () => {
  let used = 0;
  const end = createLoopTime().begin((ms) => {
    used += ms;
  });
  const untilMs = performance.now() + 20;
  while (performance.now() < untilMs);
  end();
  expect(used).toBeGreaterThanOrEqual(19);
});
