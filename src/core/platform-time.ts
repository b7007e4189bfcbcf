import { DAY_MS, HOUR_MS } from './durations.ts';

// No platform had a bot or a business account before 2015.
const EARLIEST_MS = Date.UTC(2015, 0, 1);
const SECONDS_BELOW = 1e11;
const MICROSECONDS_FROM = 1e14;

/** A platform's timestamp, whether it counts seconds, milliseconds or microseconds, as a number or as text. */
export function platformTime(value: unknown): Date | undefined {
  const number = typeof value === 'string' && /^\d{1,17}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  const ms = number < SECONDS_BELOW ? number * 1_000 : number >= MICROSECONDS_FROM ? number / 1_000 : number;
  return ms >= EARLIEST_MS && ms < MICROSECONDS_FROM ? new Date(Math.trunc(ms)) : undefined;
}

/** From here on an answer says that it is late, and the AI is told when the message was written. begin-turns.sql has it too. */
const LATE_MS = HOUR_MS;
// Platforms deliver again for a week at most. What is older comes from a clock that is wrong.
const LONGEST_DELAY_MS = 30 * DAY_MS;

export const isLate = (ageMs: number): boolean => ageMs >= LATE_MS && ageMs < LONGEST_DELAY_MS;
