import { datesIn, type NamedDate } from '../dates-in-text.ts';
import { addDays, isDay } from '../time.ts';

/** An older date is history, not an offer that ended. */
const OLDEST_DAYS = 400;
/** Without a year a date of long ago means the next one. */
const NEAR_DAYS = 90;

/** The date of a text whose dates have all passed; null when one is still to come, or there is none. */
export function pastDateIn(text: string, today: string): string | null {
  const { dates } = datesIn(text.toLowerCase());
  const passed = dates.filter((date) => isPast(date, today));
  return passed.length > 0 && passed.length === dates.length ? (passed.at(-1)?.text.trim() ?? null) : null;
}

function isPast({ day, month, year }: NamedDate, today: string): boolean {
  const named = `${year ?? today.slice(0, 4)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return isDay(named) && named < today && named >= addDays(today, year === null ? -NEAR_DAYS : -OLDEST_DAYS);
}
