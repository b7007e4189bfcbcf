import { Temporal } from 'temporal-polyfill';
import type { BusinessFacts, DayHours } from './business-facts.ts';

/** A moment by the clocks of the business. */
export interface LocalMoment {
  /** YYYY-MM-DD. */
  day: string;
  /** HH:MM. */
  time: string;
  /** Days from today. */
  inDays: number;
}

/** The next change is null when it is further away than is worth telling. */
export type OpenState = { open: true; until: LocalMoment | null } | { open: false; opens: LocalMoment | null };

type Hours = Pick<BusinessFacts, 'hours' | 'exceptions'>;
type Clock = Temporal.PlainDateTime;

const DAY_MINUTES = 1440;
const MOST_DAYS_OPEN = 8;
const MOST_DAYS_CLOSED = 62;

/** A narrower exception wins over a wider one. */
export function hoursOn(day: string, { hours, exceptions }: Hours): DayHours {
  return exceptionOn(day, exceptions)?.hours ?? hours?.[Temporal.PlainDate.from(day).dayOfWeek - 1] ?? [];
}

export function exceptionOn<Span extends { from: string; to: string }>(day: string, exceptions: readonly Span[]): Span | null {
  const covering = exceptions.filter(({ from, to }) => from <= day && day <= to);
  return covering.toSorted((a, b) => lengthOf(a) - lengthOf(b))[0] ?? null;
}

const lengthOf = ({ from, to }: { from: string; to: string }): number => Date.parse(to) - Date.parse(from);

/** Null when no hours are filled in. Open is what the clocks on the wall say, also when they change. */
export function openState(hours: Hours, at: Date, timeZone: string): OpenState | null {
  if (hours.hours === null) return null;
  const now = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const open = isOpen(hours, now.toPlainDateTime());
  const change = nextChange(hours, now, open);
  return open ? { open, until: change } : { open, opens: change };
}

function isOpen(hours: Hours, clock: Clock): boolean {
  const minute = clock.hour * 60 + clock.minute;
  const within = (day: Temporal.PlainDate, at: number): boolean =>
    hoursOn(day.toString(), hours).some(({ from, to }) => from <= at && at < to);
  const today = clock.toPlainDate();
  return within(today, minute) || within(today.subtract({ days: 1 }), minute + DAY_MINUTES);
}

function nextChange(hours: Hours, now: Temporal.ZonedDateTime, open: boolean): LocalMoment | null {
  const today = now.toPlainDate();
  const days = open ? MOST_DAYS_OPEN : MOST_DAYS_CLOSED;
  for (let inDays = 0; inDays <= days; inDays++) {
    const day = today.add({ days: inDays });
    const change = boundariesOn(day, hours, now.timeZoneId)
      .filter((moment) => Temporal.Instant.compare(moment.toInstant(), now.toInstant()) > 0)
      .toSorted(Temporal.ZonedDateTime.compare)
      .find((moment) => isOpen(hours, moment.toPlainDateTime()) !== open);
    if (change) return momentOf(change, today);
  }
  return null;
}

/** Every moment of a day at which the hours may change. */
function boundariesOn(day: Temporal.PlainDate, hours: Hours, timeZone: string): Temporal.ZonedDateTime[] {
  const before = hoursOn(day.subtract({ days: 1 }).toString(), hours).flatMap(({ to }) =>
    to >= DAY_MINUTES ? [to - DAY_MINUTES] : [],
  );
  const own = hoursOn(day.toString(), hours).flatMap(({ from, to }) => [from, to]);
  const minutes = [...new Set([...before, ...own])].filter((minute) => minute < DAY_MINUTES);
  const moments = minutes.flatMap((minute) => {
    const clock = day.toPlainDateTime({ hour: Math.floor(minute / 60), minute: minute % 60 });
    // Clocks show some times twice.
    return (['earlier', 'later'] as const).map((disambiguation) => clock.toZonedDateTime(timeZone, { disambiguation }));
  });
  const start = day.toZonedDateTime(timeZone);
  const shift = start.getTimeZoneTransition('next');
  return shift && Temporal.ZonedDateTime.compare(shift, start.add({ days: 1 })) <= 0 ? [...moments, shift] : moments;
}

function momentOf(moment: Temporal.ZonedDateTime, today: Temporal.PlainDate): LocalMoment {
  const day = moment.toPlainDate();
  return {
    day: day.toString(),
    time: moment.toPlainTime().toString({ smallestUnit: 'minute' }),
    inDays: today.until(day).days,
  };
}
