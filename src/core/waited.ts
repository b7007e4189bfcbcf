import { DAY_MS, HOUR_MS, MINUTE_MS } from './durations.ts';

export interface Waited {
  unit: 'minutes' | 'hours' | 'days';
  count: number;
}

/** How long ago, in whole units. */
export function waitedSince(since: Date, now: Date): Waited {
  const ms = Math.max(0, now.getTime() - since.getTime());
  if (ms >= DAY_MS) return { unit: 'days', count: Math.floor(ms / DAY_MS) };
  return ms >= HOUR_MS
    ? { unit: 'hours', count: Math.floor(ms / HOUR_MS) }
    : { unit: 'minutes', count: Math.floor(ms / MINUTE_MS) };
}
