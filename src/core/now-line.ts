import type { BusinessFacts } from './business-facts.ts';
import { type LocalMoment, type OpenState, openState } from './opening-hours.ts';

export const DEFAULT_TIME_ZONE = 'Asia/Tashkent';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Creating a format is slow, so each zone's is cached. An unknown zone throws. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timeZone, made);
  return made;
}

/** `Sunday 29 November 2026, 19:12` in the zone. */
export function momentIn(moment: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  const { weekday, day, month, year, hour, minute } = parts;
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}`;
}

/** `Monday 30 November` */
const dayName = (day: string): string => momentIn(new Date(`${day}T00:00:00Z`), 'UTC').replace(/ \d{4}, .*$/, '');

function stateText(state: OpenState): string {
  const at = ({ day, time, inDays }: LocalMoment, sameDay: string): string =>
    [inDays === 0 ? sameDay : inDays === 1 ? 'tomorrow' : dayName(day), time].filter(Boolean).join(' ');
  // A night ends without a day: open until 02:00.
  if (state.open)
    return state.until
      ? `open until ${at(state.until.inDays === 1 ? { ...state.until, inDays: 0 } : state.until, '')}`
      : 'open round the clock';
  return state.opens ? `closed, opens ${at(state.opens, 'today')}` : 'closed';
}

// A line holds for a minute, and every answer needs those of today and tomorrow.
const lines = new Map<string, string>();
const MAX_LINES = 200;
const MINUTE_MS = 60_000;

/** `Now: Sunday 29 November 2026, 19:12 (Asia/Tashkent), closed, opens tomorrow 07:30.` */
export function nowLine(now: Date, timeZone: string, hours: Pick<BusinessFacts, 'hours' | 'exceptions'> | null = null): string {
  const state = hours && openState(hours, now, timeZone);
  return `${momentLine(now, timeZone)}${state ? `, ${stateText(state)}` : ''}.`;
}

/** For a message that reaches us long after it was written. */
export const lateLine = (writtenAt: Date, now: Date, timeZone: string): string =>
  `The latest message was written on ${momentIn(writtenAt, timeZone)}, ${durationOf(now.getTime() - writtenAt.getTime())} ago, and ` +
  'reached us only now. "Now", "today" or "in 5 minutes" in it mean that time, not the present. Do not answer it as if it had just ' +
  'been written, and confirm nothing whose time has passed.';

/** `20 hours`, `3 days`. */
function durationOf(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  if (hours < 2) return `${Math.round(ms / MINUTE_MS)} minutes`;
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function momentLine(now: Date, timeZone: string): string {
  const key = `${Math.floor(now.getTime() / MINUTE_MS)} ${timeZone}`;
  const known = lines.get(key);
  if (known !== undefined) return known;
  if (lines.size >= MAX_LINES) lines.clear();
  const line = `Now: ${momentIn(now, timeZone)} (${timeZone})`;
  lines.set(key, line);
  return line;
}
