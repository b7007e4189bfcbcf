import { MINUTE_MS } from '#core/durations.ts';

/** Counts per minute in this process; 0 = no limit. */
export function createMinuteLimit(most: number) {
  const counts = new Map<string, number>();
  let minute = 0;

  return (key: string, nowMs: number): boolean => {
    if (most === 0) return true;
    const current = Math.floor(nowMs / MINUTE_MS);
    if (current !== minute) counts.clear();
    minute = current;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= most;
  };
}
