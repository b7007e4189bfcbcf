import { utcMonth } from './time.ts';

export interface Forecast {
  /** Answers the month will have taken at this pace. */
  expected: number;
  /** When the limit is reached at this pace, within this month; null: not. */
  runsOutAt: Date | null;
}

const DAY_MS = 86_400_000;
/** The first days say too little about a month. */
const LEAST_MS = 2 * DAY_MS;

/** The use expected for the whole UTC month at the pace so far. Null in its first two days and while nothing is used. */
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
