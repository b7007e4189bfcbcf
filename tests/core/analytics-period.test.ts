import { expect, test } from 'vitest';
import { daysOf, monthsUntil, periodOf } from '../../src/core/analytics-period.ts';
import { weekdayOf } from '../../src/core/time.ts';

const TODAY = '2026-03-10';

test.each([
  ['7', '2026-03-04', '2026-03-10'],
  ['90', '2025-12-11', '2026-03-10'],
  ['2026-03', '2026-03-01', '2026-03-10'],
  ['2026-02', '2026-02-01', '2026-02-28'],
  ['2025-12', '2025-12-01', '2025-12-31'],
])('period %s is %s to %s', (key, from, until) => {
  expect(periodOf(key, TODAY)).toEqual({ key, from, until });
});

test.each([undefined, '', '31', '2026-13', '2026-04', '2025-03', ['7'], 'x'])('%j is the last 30 days', (key) => {
  expect(periodOf(key, TODAY)).toEqual({ key: '30', from: '2026-02-09', until: TODAY });
});

test('twelve months are offered, across the turn of a year', () => {
  const months = monthsUntil(TODAY);
  expect([months.length, months[0], months[2], months[3], months[11]]).toEqual([12, '2026-03', '2026-01', '2025-12', '2025-04']);
});

test('days are whole, weekdays begin with Monday', () => {
  expect(daysOf({ from: '2026-02-27', until: '2026-03-02' })).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  expect([weekdayOf('2026-03-09'), weekdayOf('2026-03-15')]).toEqual([1, 7]);
});
