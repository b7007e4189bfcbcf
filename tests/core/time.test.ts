import { expect, test } from 'vitest';
import {
  addMonths,
  dayIn,
  isDay,
  isMonth,
  lastDayOf,
  monthOf,
  startOfDay,
  utcMonth,
  zonedInstant,
  zonedLocal,
} from '../../src/core/time.ts';

test.each([
  ['Asia/Tashkent', '2026-11-22T09:00', '2026-11-22T04:00:00.000Z'],
  ['UTC', '2026-11-22T09:00', '2026-11-22T09:00:00.000Z'],
  // Berlin's clocks went forward on 29 March 2026 at 2:00 and back on 25 October at 3:00.
  ['Europe/Berlin', '2026-03-28T09:00', '2026-03-28T08:00:00.000Z'],
  ['Europe/Berlin', '2026-03-29T09:00', '2026-03-29T07:00:00.000Z'],
  ['Europe/Berlin', '2026-10-24T09:00', '2026-10-24T07:00:00.000Z'],
  ['Europe/Berlin', '2026-10-25T09:00', '2026-10-25T08:00:00.000Z'],
  ['America/New_York', '2026-11-01T00:30', '2026-11-01T04:30:00.000Z'],
  ['Pacific/Apia', '2026-06-01T12:00', '2026-05-31T23:00:00.000Z'],
])('in %s clocks show %s at %s', (zone, local, instant) => {
  expect(zonedInstant(local, zone)?.toISOString()).toBe(instant);
  expect(zonedLocal(new Date(instant), zone)).toBe(local);
});

test('a time that clocks show twice is the first of the two', () => {
  expect(zonedInstant('2026-10-25T02:30', 'Europe/Berlin')?.toISOString()).toBe('2026-10-25T00:30:00.000Z');
});

test('a time that clocks skip moves forward with them', () => {
  expect(zonedInstant('2026-03-29T02:30', 'Europe/Berlin')?.toISOString()).toBe('2026-03-29T01:30:00.000Z');
});

const NOT_TIMES = ['', 'tomorrow', '2026-02-30T10:00', '2026-11-22', '2026-13-01T10:00', '2026-11-22T24:10'];
test.each(NOT_TIMES)('%j is not a time', (text) => {
  expect(zonedInstant(text, 'Asia/Tashkent')).toBeNull();
});

test('a day begins at midnight of its zone', () => {
  expect(startOfDay('2026-11-22', 'Asia/Tashkent').toISOString()).toBe('2026-11-21T19:00:00.000Z');
  expect(dayIn(new Date('2026-11-21T19:00:00Z'), 'Asia/Tashkent')).toBe('2026-11-22');
  expect(dayIn(new Date('2026-11-21T18:59:59Z'), 'Asia/Tashkent')).toBe('2026-11-21');
});

test('limits count by UTC months', () => {
  const now = new Date('2026-12-31T23:59:59Z');
  expect(monthOf(now)).toBe('2026-12-01');
  expect(utcMonth(now)).toEqual({ start: new Date('2026-12-01'), end: new Date('2027-01-01') });
});

test.each([
  ['2026-01-31T10:00:00.000Z', 1, '2026-02-28T10:00:00.000Z'],
  ['2026-11-15T10:00:00.000Z', 3, '2027-02-15T10:00:00.000Z'],
])('%s and %i months is %s', (from, months, to) => {
  expect(addMonths(new Date(from), months).toISOString()).toBe(to);
});

test('impossible days and months are refused', () => {
  expect(['2026-02-28', '2026-02-29', '2026-2-1', '2026-02-01T10:00', ''].map(isDay)).toEqual([true, false, false, false, false]);
  expect(['2026-12', '2026-13', '2026-00', '26-01'].map(isMonth)).toEqual([true, false, false, false]);
  expect(['2024-02', '2026-04'].map(lastDayOf)).toEqual(['2024-02-29', '2026-04-30']);
});
