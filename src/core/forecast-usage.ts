export interface Forecast {
  /** Answers the month will have taken at this pace. */
  expected: number;
  /** When the limit is reached at this pace, within this month; null: not. */
  runsOutAt: Date | null;
}

const DAY_MS = 86_400_000;
/** The first days say too little about a month. */
const LEAST_MS = 2 * DAY_MS;

/** Where the month's use leads if it goes on as it did: null in the month's first two days, and while nothing is used. Months are UTC. */
export function forecastUsage({ used, limit }: { used: number; limit: number }, now: Date): Forecast | null {
  const startMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const endMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const passedMs = now.getTime() - startMs;
  if (passedMs < LEAST_MS || used <= 0) return null;
  const perMs = used / passedMs;
  const reachedMs = startMs + limit / perMs;
  return {
    expected: Math.round(perMs * (endMs - startMs)),
    runsOutAt: used < limit && reachedMs < endMs ? new Date(reachedMs) : null,
  };
}
