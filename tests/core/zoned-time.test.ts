import { expect, test } from 'vitest';
import { zonedInstant, zonedLocal } from '../../src/core/zoned-time.ts';

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

test('a time that clocks skip is as much later as they were set forward', () => {
  expect(zonedInstant('2026-03-29T02:30', 'Europe/Berlin')?.toISOString()).toBe('2026-03-29T01:30:00.000Z');
});

test.each(['', 'tomorrow', '2026-02-30T10:00', '2026-11-22', '2026-13-01T10:00', '2026-11-22T24:10'])('%j is no time', (text) => {
  expect(zonedInstant(text, 'Asia/Tashkent')).toBeNull();
});
