import { addDays, isMonth, lastDayOf, monthsBack } from './time.ts';

/** The period analytics cover: the last days up to today, or a calendar month. Days are `YYYY-MM-DD` in the business's zone. */
export interface Period {
  key: string;
  from: string;
  /** Inclusive. */
  until: string;
}

export const DAY_PERIODS = ['7', '30', '90'] as const;
export const MONTHS_SHOWN = 12;
const DEFAULT_DAYS = '30';

/** Returns the last 30 days for an unknown key or a month that is not offered. */
export function periodOf(key: unknown, today: string): Period {
  if (typeof key === 'string' && isMonth(key) && monthsUntil(today).includes(key)) {
    const last = lastDayOf(key);
    return { key, from: `${key}-01`, until: last < today ? last : today };
  }
  const days = DAY_PERIODS.find((known) => known === key) ?? DEFAULT_DAYS;
  return { key: days, from: addDays(today, 1 - Number(days)), until: today };
}

export const monthsUntil = (today: string): string[] => monthsBack(today, MONTHS_SHOWN);

export function daysOf({ from, until }: Pick<Period, 'from' | 'until'>): string[] {
  const days: string[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) days.push(day);
  return days;
}
