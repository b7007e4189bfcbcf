import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawChart, shareBars } from '#core/draw-chart.ts';

const rowsOf = (...values: (number | null)[][]) => values.map((of, at) => ({ label: `day ${at + 1}`, values: of }));

test('the highest value is at most at the upper tick, and ticks are round numbers', () => {
  expect(drawChart(rowsOf([48], [3])).ticks).toEqual([0, 20, 40, 60]);
  expect(drawChart(rowsOf([25_000])).ticks).toEqual([0, 10_000, 20_000, 30_000]);
  expect(drawChart(rowsOf([2])).ticks).toEqual([0, 1, 2]);
  expect(drawChart(rowsOf([430])).ticks).toEqual([0, 200, 400, 600]);
});

test('without any value there is one empty scale and no bar', () => {
  const { ticks, slots, paths } = drawChart(rowsOf([0, null]));

  expect(ticks).toEqual([0, 1]);
  expect(slots[0]?.bars).toEqual([]);
  expect(paths).toEqual(['M6.25 100h0', '']);
});

test('bars of one day stand side by side and rise from the ground', () => {
  const [slot] = drawChart(rowsOf([10, 5])).slots;

  expect(slot?.bars).toEqual([
    { series: 0, x: 1.88, y: 0, width: 4.38, height: 100 },
    { series: 1, x: 6.25, y: 50, width: 4.38, height: 50 },
  ]);
});

test('a line goes from day to day and over a day without a value', () => {
  expect(drawChart(rowsOf([2], [null], [1])).paths).toEqual(['M6.25 0L31.25 50']);
});

test('a quarter of a year has at most six labels, and half of them are for wide screens', () => {
  const { labels } = drawChart(rowsOf(...Array.from({ length: 90 }, (_, at) => [at])));

  expect(labels.map(({ label }) => label)).toEqual(['day 1', 'day 16', 'day 31', 'day 46', 'day 61', 'day 76']);
  expect(labels.filter(({ minor }) => minor)).toHaveLength(3);
});

test('shares are measured against the largest', () => {
  expect(shareBars(rowsOf([200], [50], [0])).map(({ percent }) => percent)).toEqual([100, 25, 0]);
});

test('every bar is inside the drawing, whatever the values', () => {
  const value = fc.oneof(fc.constant(null), fc.nat(), fc.nat(10));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 95 }), (values) => {
      const { slots, ticks } = drawChart(rowsOf(...values));
      expect(ticks.length).toBeLessThanOrEqual(6);
      for (const { x, y, width, height } of slots.flatMap(({ bars }) => bars)) {
        expect(Math.min(x, y, width, height)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(100.1);
      }
    }),
  );
});
