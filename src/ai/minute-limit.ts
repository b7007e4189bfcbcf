const MINUTE_MS = 60_000;

/** How often in a minute each key may; 0 = as often as it likes. Counted anew from minute to minute, by this process alone. */
export function createMinuteLimit(most: number) {
  const counts = new Map<string, number>();
  let minute = 0;

  /** Counts one more; false when there were enough. */
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
