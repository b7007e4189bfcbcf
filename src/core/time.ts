import { Temporal } from 'temporal-polyfill';

// A day is `YYYY-MM-DD`, a month `YYYY-MM`. Limits count by UTC months; pages show the business's zone.

/** For what belongs to no business, and for a business whose zone is not known. */
export const DEFAULT_TIME_ZONE = 'Asia/Tashkent';

/** The form <input type="datetime-local"> sends; seconds are allowed. */
const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;

const zoned = (instant: Date, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
const dateOf = ({ epochMilliseconds }: { epochMilliseconds: number }): Date => new Date(epochMilliseconds);

function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Null for an impossible time. A time that clocks show twice is the first of the two; a skipped time moves with the clocks. */
export function zonedInstant(local: string, timeZone: string): Date | null {
  const text = local.trim();
  const time = LOCAL.test(text) ? parsed(() => Temporal.PlainDateTime.from(text)) : null;
  return time && dateOf(time.toZonedDateTime(timeZone));
}

export const zonedLocal = (instant: Date, timeZone: string): string =>
  zoned(instant, timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });

export const dayIn = (instant: Date, timeZone: string): string => zoned(instant, timeZone).toPlainDate().toString();

export const hourIn = (instant: Date, timeZone: string): number => zoned(instant, timeZone).hour;

export const startOfDay = (day: string, timeZone: string): Date =>
  dateOf(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone }));

export const isDay = (text: string): boolean => DAY.test(text) && parsed(() => Temporal.PlainDate.from(text)) !== null;
export const isMonth = (text: string): boolean => MONTH.test(text) && parsed(() => Temporal.PlainYearMonth.from(text)) !== null;

export const addDays = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

export const weekdayOf = (day: string): number => Temporal.PlainDate.from(day).dayOfWeek;

export function lastDayOf(month: string): string {
  const yearMonth = Temporal.PlainYearMonth.from(month);
  return yearMonth.toPlainDate({ day: yearMonth.daysInMonth }).toString();
}

/** The month of the day and the months before it, newest first. */
export function monthsBack(day: string, count: number): string[] {
  const newest = Temporal.PlainDate.from(day).toPlainYearMonth();
  return Array.from({ length: count }, (_, months) => newest.subtract({ months }).toString());
}

/** The first day of the UTC month: the key of a usage row. */
export const monthOf = (now: Date): string => zoned(now, 'UTC').with({ day: 1 }).toPlainDate().toString();

export const monthDateOf = (now: Date): Date => new Date(monthOf(now));

/** The first moment of the UTC month and of the next. */
export function utcMonth(now: Date): { start: Date; end: Date } {
  const start = zoned(now, 'UTC').with({ day: 1 }).startOfDay();
  return { start: dateOf(start), end: dateOf(start.add({ months: 1 })) };
}

/** The same UTC day `months` later, or the month's last day where it has no such day. */
export const addMonths = (from: Date, months: number): Date => dateOf(zoned(from, 'UTC').add({ months }));
