import { DAY_MS } from '#core/durations.ts';
import { utcMonth } from './time.ts';

export interface Forecast {
  expected: number;
  /** When the limit is reached at this pace; null when not within this month. */
  runsOutAt: Date | null;
}

const LEAST_MS = 2 * DAY_MS;

/** Expected use of the UTC month. Null in the first two days of the month, which say too little, and while nothing is used. */
export function forecastUsage({ used, limit }: { used: number; limit: number }, now: Date): Forecast | null {
  const { start, end } = utcMonth(now);
  const [startMs, endMs] = [start.getTime(), end.getTime()];
  const passedMs = now.getTime() - startMs;
  if (passedMs < LEAST_MS || used <= 0) return null;
  const perMs = used / passedMs;
  const reachedMs = startMs + limit / perMs;
  return {
    expected: Math.round(perMs * (endMs - startMs)),
    runsOutAt: used < limit && reachedMs < endMs ? new Date(reachedMs) : null,
  };
}
