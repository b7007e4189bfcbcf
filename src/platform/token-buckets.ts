import { LRUCache } from 'lru-cache';

// More keys than that are a flood of their own; who is forgotten begins anew.
const MAX_KEYS = 10_000;

/** What each key may use: `capacity` at once, and `perSecond` for as long as it wants. A debt is at most the capacity. */
export function createTokenBuckets({
  capacity,
  perSecond,
  nowMs = () => performance.now(),
}: {
  capacity: number;
  perSecond: number;
  nowMs?: () => number;
}) {
  const buckets = new LRUCache<string, { left: number; atMs: number }>({ max: MAX_KEYS });

  function left(key: string): number {
    const bucket = buckets.get(key);
    return bucket ? Math.min(capacity, bucket.left + ((nowMs() - bucket.atMs) * perSecond) / 1_000) : capacity;
  }

  return {
    left,
    use: (key: string, amount: number): void =>
      void buckets.set(key, { left: Math.max(-capacity, left(key) - amount), atMs: nowMs() }),
    /** Zero when something is left. */
    msUntilMore: (key: string): number => Math.max(0, Math.ceil((-left(key) * 1_000) / perSecond)),
  };
}

export type TokenBuckets = ReturnType<typeof createTokenBuckets>;
