import { expect, test } from 'vitest';
import { createGapWatch } from '#channels/telegram/polling/polled-connection.ts';

const HOUR_MS = 3_600_000;

/** The recorded gaps when Telegram answers at these hours, after a silence of `silentHours`. */
function gaps(silentHours: number | null, ...answeredAtHours: number[]): number[] {
  const recorded: number[] = [];
  const silentMs = silentHours === null ? null : silentHours * HOUR_MS;
  const answered = createGapWatch({ silentMs, nowMs: 0, record: (gapMs) => recorded.push(gapMs / HOUR_MS) });
  for (const hour of answeredAtHours) answered(hour * HOUR_MS);
  return recorded;
}

test('a process that starts after more than a day without polling records one gap', () => {
  expect(gaps(30, 1, 1.1, 1.2)).toEqual([31]);
});

test('a silence of up to a day is no gap', () => {
  expect(gaps(23, 0.5)).toEqual([]);
});

test('a bot never polled before, or stopped by its owner, has no gap', () => {
  expect(gaps(null, 0, 1)).toEqual([]);
});

test('an outage of more than a day in a running process is a gap', () => {
  expect(gaps(null, 0, 26, 27)).toEqual([26]);
});
