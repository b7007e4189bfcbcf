import type { DayHours, Interval } from './business-facts.ts';
import { foldUzbek } from './uzbek.ts';

/** `night`: "9-6" is a whole night by its figures and surely a day by what is meant. */
export type ReadHours = { hours: DayHours } | { fault: 'unreadable' | 'night' };

const folded = (list: string): ReadonlySet<string> => new Set(list.split(/[,\n]/).map((words) => foldUzbek(words.trim())));
const CLOSED =
  folded(`dam, dam olish, dam olish kuni, damolish, dam olamiz, dam oladi, yopiq, ishlamaymiz, ishlamaydi, yoʻq, вых, выходной,
  выходные, закрыто, закрыт, не работаем, не работает, нет, closed, off, day off, x, -, 0`);
const ALWAYS =
  folded(`24/7, 24-7, 24 7, 24, 24 soat, 24 часа, 24ч, 24 hours, 24h, open 24 hours, 0-24, 00-24, 0:00-24:00, 00:00-24:00, 00:00-00:00,
  0:00-0:00, круглосуточно, sutka davomida, kecha-yu kunduz, kechayu kunduz, doim ochiq, round the clock, always, always open, all day`);
const TIME = '(\\d{1,2})(?:(?:[:. ]?|-(?=[03]0))(\\d{2}))? ?(am|pm)?';
const RANGE = new RegExp(`^(?:s|from|soat)? ?${TIME} ?(?:-|do|to|till|until|dan) ?${TIME} ?(?:gacha|ga)?$`);
const DAY_MINUTES = 1440;
const LATE_HOUR = 4;
const LONG_NIGHT = 12 * 60;

/** Reads what owners write: "9-18", "9:00–13:00, 14:00–18:00", "18:00-02:00", "dam olish", "выходной", "24/7". */
export function readHours(text: string): ReadHours {
  const plain = foldUzbek(text.normalize('NFKC').toLowerCase())
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/ ?([-:]) ?/g, '$1')
    .replace(/\.$/, '')
    .trim();
  if (CLOSED.has(plain)) return { hours: [] };
  if (ALWAYS.has(plain)) return { hours: [{ from: 0, to: DAY_MINUTES }] };
  const read = plain.split(/ ?(?:[,;+&\n]|(?<=[\d ])(?: va| i| and) ) ?/).map(readRange);
  const fault = read.find((part) => typeof part === 'string');
  if (typeof fault === 'string') return { fault };
  return { hours: merged(read as Interval[]) };
}

function readRange(text: string): Interval | 'unreadable' | 'night' {
  const [, fromHour = '', fromMinute, fromHalf, toHour = '', toMinute, toHalf] = RANGE.exec(text) ?? [];
  const from = minutesOf(fromHour, fromMinute, fromHalf);
  const end = minutesOf(toHour, toMinute, toHalf);
  if (from === null || end === null || from >= DAY_MINUTES || from === end) return 'unreadable';
  if (end > from) return { from, to: end };
  const to = end + DAY_MINUTES;
  // 9-6, where 9:00-06:00 would be plain.
  const isBare = toMinute === undefined && toHalf === undefined;
  return isBare && end >= LATE_HOUR * 60 && to - from > LONG_NIGHT ? 'night' : { from, to };
}

function minutesOf(hour: string, minute = '0', half?: string): number | null {
  const hours = half ? (Number(hour) % 12) + (half === 'pm' ? 12 : 0) : Number(hour);
  const all = hours * 60 + Number(minute);
  return hour === '' || Number(minute) > 59 || all > DAY_MINUTES || (half !== undefined && Number(hour) > 12) ? null : all;
}

function merged(spans: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}
