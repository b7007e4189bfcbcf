import { Temporal } from 'temporal-polyfill';

// Months and days of the calendar. A day is `YYYY-MM-DD`, a month `YYYY-MM`. Limits count by UTC months, pages show the
// business' own zone.

/** `2026-03-29T09:00`, what <input type="datetime-local"> sends; seconds are allowed. */
const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;

const zoned = (instant: Date, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
const dateOf = ({ epochMilliseconds }: { epochMilliseconds: number }): Date => new Date(epochMilliseconds);

/** The value of a parser that throws RangeError for impossible dates, or null. */
function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * The instant at which clocks in the zone show this local time, or null for an impossible time. A time that clocks show
 * twice is the first of the two. A time that clocks skip is as much later as they were set forward.
 */
export function zonedInstant(local: string, timeZone: string): Date | null {
  const text = local.trim();
  const time = LOCAL.test(text) ? parsed(() => Temporal.PlainDateTime.from(text)) : null;
  return time && dateOf(time.toZonedDateTime(timeZone));
}

/** The local time in the zone, as <input type="datetime-local"> wants it. */
export const zonedLocal = (instant: Date, timeZone: string): string =>
  zoned(instant, timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });

/** The day in the zone. */
export const dayIn = (instant: Date, timeZone: string): string => zoned(instant, timeZone).toPlainDate().toString();

/** When the day begins in the zone. */
export const startOfDay = (day: string, timeZone: string): Date =>
  dateOf(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone }));

export const isDay = (text: string): boolean => DAY.test(text) && parsed(() => Temporal.PlainDate.from(text)) !== null;
export const isMonth = (text: string): boolean => MONTH.test(text) && parsed(() => Temporal.PlainYearMonth.from(text)) !== null;

export const addDays = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** 1 (Monday) to 7. */
export const weekdayOf = (day: string): number => Temporal.PlainDate.from(day).dayOfWeek;

export function lastDayOf(month: string): string {
  const yearMonth = Temporal.PlainYearMonth.from(month);
  return yearMonth.toPlainDate({ day: yearMonth.daysInMonth }).toString();
}

/** The month of the day and the months before it, the newest first. */
export function monthsBack(day: string, count: number): string[] {
  const newest = Temporal.PlainDate.from(day).toPlainYearMonth();
  return Array.from({ length: count }, (_, months) => newest.subtract({ months }).toString());
}

/** First day of the UTC month `now` is in: the key of a usage row. */
export const monthOf = (now: Date): string => zoned(now, 'UTC').with({ day: 1 }).toPlainDate().toString();

/** The same as a Date at midnight UTC: how Prisma has a column of the type `date`. */
export const monthDateOf = (now: Date): Date => new Date(monthOf(now));

/** The UTC month `now` is in: its first moment and that of the next. */
export function utcMonth(now: Date): { start: Date; end: Date } {
  const start = zoned(now, 'UTC').with({ day: 1 }).startOfDay();
  return { start: dateOf(start), end: dateOf(start.add({ months: 1 })) };
}

/** The same UTC day so many months later; the month's last day where it has no such day. */
export const addMonths = (from: Date, months: number): Date => dateOf(zoned(from, 'UTC').add({ months }));
