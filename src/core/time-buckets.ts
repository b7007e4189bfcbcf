/** Each bucket of a histogram of times reaches a tenth further than the one before it: what is read from it is 5 % off at most. */
export const BUCKET_GROWTH = 1.1;

/**
 * The time below which `share` of the times lie, in milliseconds; null without any.
 * @param histogram bucket → how many; a time of t ms is in bucket floor(log(t) / log(BUCKET_GROWTH)).
 */
export function quantileMs(histogram: ReadonlyMap<number, number>, share: number): number | null {
  const buckets = [...histogram].sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of buckets) {
    below += count;
    if (below >= total * share) return Math.round(BUCKET_GROWTH ** (bucket + 0.5));
  }
  return null;
}
