import { expect, test } from 'vitest';
import { BUCKET_GROWTH, quantileMs } from '../../src/core/time-buckets.ts';

const histogramOf = (times: number[]): Map<number, number> => {
  const histogram = new Map<number, number>();
  for (const ms of times) {
    const bucket = Math.floor(Math.log(ms) / Math.log(BUCKET_GROWTH));
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
  }
  return histogram;
};

test('median and p95 are at most 5 % off', () => {
  const times = Array.from({ length: 1_000 }, (_, i) => 10 + i * 7);
  for (const share of [0.5, 0.95]) {
    const exact = times[Math.ceil(times.length * share) - 1] as number;
    const read = quantileMs(histogramOf(times), share) as number;
    expect(Math.abs(read - exact) / exact).toBeLessThan(0.05);
  }
});

test('without times there is no quantile', () => {
  expect(quantileMs(new Map(), 0.5)).toBeNull();
});
