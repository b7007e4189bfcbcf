import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import type { DayHours } from '../../src/core/business-facts.ts';
import { openState } from '../../src/core/opening-hours.ts';
import { soak } from '../support/soak.ts';

const at = (local: string, zone: string): Date =>
  new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds);
const TASHKENT = 'Asia/Tashkent';
const nine: DayHours = [{ from: 540, to: 1080 }];
const week = (hours: DayHours, sunday: DayHours = hours) => ({
  hours: [hours, hours, hours, hours, hours, hours, sunday],
  exceptions: [],
});
const split: DayHours = [
  { from: 480, to: 720 },
  { from: 780, to: 1200 },
];
const bar: DayHours = [{ from: 1080, to: 1560 }];
const always: DayHours = [{ from: 0, to: 1440 }];
const closed = (from: string, to: string) => ({ from, to, hours: [], note: '' });

// 2026-11-29 is a Sunday.
test.each([
  ['before opening', week(nine), '2026-11-30T08:59', { open: false, opens: { day: '2026-11-30', time: '09:00', inDays: 0 } }],
  ['the opening minute', week(nine), '2026-11-30T09:00', { open: true, until: { day: '2026-11-30', time: '18:00', inDays: 0 } }],
  ['the closing minute', week(nine), '2026-11-30T18:00', { open: false, opens: { day: '2026-12-01', time: '09:00', inDays: 1 } }],
  ['lunch', week(split), '2026-11-30T12:10', { open: false, opens: { day: '2026-11-30', time: '13:00', inDays: 0 } }],
  ['a free Sunday', week(nine, []), '2026-11-28T19:00', { open: false, opens: { day: '2026-11-30', time: '09:00', inDays: 2 } }],
  ['after midnight', week(bar), '2026-12-01T01:30', { open: true, until: { day: '2026-12-01', time: '02:00', inDays: 0 } }],
  ['before midnight', week(bar), '2026-12-01T23:30', { open: true, until: { day: '2026-12-02', time: '02:00', inDays: 1 } }],
  [
    'the night after a free day',
    week(bar, []),
    '2026-11-30T01:00',
    { open: false, opens: { day: '2026-11-30', time: '18:00', inDays: 0 } },
  ],
  ['round the clock', week(always), '2026-11-30T03:00', { open: true, until: null }],
  [
    'round the clock but Sunday',
    week(always, []),
    '2026-11-28T03:00',
    { open: true, until: { day: '2026-11-29', time: '00:00', inDays: 1 } },
  ],
  [
    'a long holiday',
    { ...week(nine), exceptions: [closed('2026-12-20', '2027-01-10')] },
    '2026-12-25T12:00',
    { open: false, opens: { day: '2027-01-11', time: '09:00', inDays: 17 } },
  ],
  [
    'a day within the holiday',
    { ...week(nine), exceptions: [closed('2026-12-20', '2027-01-10'), { ...closed('2026-12-31', '2026-12-31'), hours: split }] },
    '2026-12-31T09:00',
    { open: true, until: { day: '2026-12-31', time: '12:00', inDays: 0 } },
  ],
  ['closed for ever', week([]), '2026-11-30T09:00', { open: false, opens: null }],
])('%s', (_name, hours, local, expected) => {
  expect(openState(hours, at(local, TASHKENT), TASHKENT)).toEqual(expected);
});

test('without hours nothing is said', () => {
  expect(openState({ hours: null, exceptions: [] }, new Date(), TASHKENT)).toBeNull();
});

const intervals = fc
  .uniqueArray(fc.integer({ min: 0, max: 29 * 4 }), { minLength: 0, maxLength: 4 })
  .map((marks) => marks.toSorted((a, b) => a - b).map((mark) => mark * 15))
  .map((marks) => marks.flatMap((from, i) => (i % 2 === 0 && marks[i + 1] ? [{ from, to: marks[i + 1] as number }] : [])))
  .map((day) => day.filter(({ from }) => from < 1440));

// A quiet zone, two whose clocks change in the week, and one that skips half an hour.
const WEEKS = [
  [TASHKENT, '2026-11-25T00:00:00Z'],
  ['Europe/Berlin', '2026-10-22T00:00:00Z'],
  ['America/New_York', '2026-03-05T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-01T00:00:00Z'],
] as const;

test.each(WEEKS)('every minute of a week in %s agrees with a naive scan', (zone, start) => {
  const hours = fc.record({
    hours: fc.array(intervals, { minLength: 7, maxLength: 7 }),
    exceptions: fc.array(
      fc.record({ days: fc.integer({ min: -1, max: 8 }), long: fc.integer({ min: 0, max: 2 }), hours: intervals }),
      { maxLength: 2 },
    ),
  });
  const first = Temporal.Instant.from(start);
  const clocks = Array.from({ length: 9 * 1440 }, (_, minute) => {
    const clock = first.add({ minutes: minute }).toZonedDateTimeISO(zone);
    return { day: clock.toPlainDate().toString(), minute: clock.hour * 60 + clock.minute, weekday: clock.dayOfWeek };
  });
  const dayAfter = new Map<string, { day: string; weekday: number }>();
  const day = (offset: number) => first.toZonedDateTimeISO(zone).toPlainDate().add({ days: offset });
  for (let i = -1; i < 11; i++) dayAfter.set(day(i + 1).toString(), { day: day(i).toString(), weekday: day(i).dayOfWeek });

  fc.assert(
    fc.property(hours, fc.nat(59), ({ hours, exceptions }, offset) => {
      const dated = exceptions.map(({ days, long, ...rest }) => ({
        ...rest,
        from: day(days).toString(),
        to: day(days + long).toString(),
        note: '',
      }));
      const of = (date: string, weekday: number) =>
        dated
          .filter(({ from, to }) => from <= date && date <= to)
          .toSorted((a, b) => Date.parse(a.to) - Date.parse(a.from) - (Date.parse(b.to) - Date.parse(b.from)))[0]?.hours ??
        (hours[weekday - 1] as DayHours);
      const inside = (spans: DayHours, minute: number) => spans.some(({ from, to }) => from <= minute && minute < to);
      const naive = clocks.map(({ day: date, minute, weekday }) => {
        const before = dayAfter.get(date) as { day: string; weekday: number };
        return inside(of(date, weekday), minute) || inside(of(before.day, before.weekday), minute + 1440);
      });
      for (let minute = offset; minute < 7 * 1440; minute += 61) {
        const state = openState({ hours, exceptions: dated }, new Date(first.epochMilliseconds + minute * 60_000 + 30_000), zone);
        expect(state?.open).toBe(naive[minute]);
        const next = naive.findIndex((open, i) => i > minute && open !== naive[minute]);
        const told = state?.open ? state.until : state?.opens;
        const clock = clocks[next];
        if (clock)
          expect([told?.day, told?.time]).toEqual([
            clock.day,
            `${String(Math.floor(clock.minute / 60)).padStart(2, '0')}:${String(clock.minute % 60).padStart(2, '0')}`,
          ]);
      }
    }),
    { numRuns: soak(3, 8) },
  );
});
