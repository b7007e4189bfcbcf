import { HOUR_MS, MINUTE_MS } from '#core/durations.ts';

const PAUSES_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS];

/** When to try again; null after the last try. */
export function pauseAfter(tries: number, now: Date): Date | null {
  const pauseMs = PAUSES_MS[tries - 1];
  return pauseMs === undefined ? null : new Date(now.getTime() + pauseMs);
}
