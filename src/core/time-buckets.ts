/** Quantiles are at most 5 % off. */
export const BUCKET_GROWTH = 1.1;

/** In ms. `histogram` is bucket → count; a time of t ms is in bucket floor(log(t) / log(BUCKET_GROWTH)). */
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
