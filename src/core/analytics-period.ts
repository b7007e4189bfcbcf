/** What analytics are shown of: so many days up to today, or a calendar month. Days are `YYYY-MM-DD` in the business' zone. */
export interface Period {
  /** As it stands in the address: `7`, `30`, `90` or `2026-11`. */
  key: string;
  from: string;
  /** Inclusive; of the running month today. */
  until: string;
}

export const DAY_PERIODS = ['7', '30', '90'] as const;
export const MONTHS_SHOWN = 12;
const DEFAULT_DAYS = '30';
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const DAY_MS = 86_400_000;

/** The period of a key; the last 30 days for a key that is none, or lies outside the months that are shown. */
export function periodOf(key: unknown, today: string): Period {
  if (typeof key === 'string' && MONTH.test(key) && monthsUntil(today).includes(key)) {
    const last = addDays(`${nextMonth(key)}-01`, -1);
    return { key, from: `${key}-01`, until: last < today ? last : today };
  }
  const days = DAY_PERIODS.find((known) => known === key) ?? DEFAULT_DAYS;
  return { key: days, from: addDays(today, 1 - Number(days)), until: today };
}

/** The months that can be chosen, this one first. */
export function monthsUntil(today: string): string[] {
  const [year, month] = today.split('-').map(Number) as [number, number];
  return Array.from({ length: MONTHS_SHOWN }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7),
  );
}

/** Every day of the period, the oldest first. */
export function daysOf({ from, until }: Pick<Period, 'from' | 'until'>): string[] {
  const days: string[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) days.push(day);
  return days;
}

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** 1 (Monday) to 7. */
export const weekdayOf = (day: string): number => new Date(Date.parse(`${day}T00:00:00Z`)).getUTCDay() || 7;

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}
