import { expect, test } from 'vitest';
import { forecastUsage } from '../../src/core/forecast-usage.ts';

const at = (day: string): Date => new Date(`2026-11-${day}T00:00:00Z`);

test('the month continues at its pace', () => {
  expect(forecastUsage({ used: 100, limit: 1_000 }, at('11'))).toEqual({ expected: 300, runsOutAt: null });
});

test('a limit that will be reached has its day', () => {
  expect(forecastUsage({ used: 100, limit: 200 }, at('11'))).toEqual({ expected: 300, runsOutAt: at('21') });
});

test('a used-up limit has no forecast day', () => {
  expect(forecastUsage({ used: 200, limit: 200 }, at('11'))?.runsOutAt).toBeNull();
});

test.each([
  ['in the first two days', { used: 50, limit: 100 }, '02'],
  ['while nothing is used', { used: 0, limit: 100 }, '20'],
])('there is no forecast %s', (_when, usage, day) => {
  expect(forecastUsage(usage, at(day))).toBeNull();
});
