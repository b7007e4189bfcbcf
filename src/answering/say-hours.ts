import { type BusinessFacts, type DayHours, hoursText, weekRuns } from '#core/business-facts.ts';
import type { AskedTime } from '#core/fact-question.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import { exceptionOn, hoursOn, type LocalMoment, openState } from '#core/opening-hours.ts';
import { addDays, dayIn, isDay, weekdayOf } from '#core/time.ts';
import { MONTH_NAMES, type Sentence } from './sentences.ts';

export interface HoursSaying {
  facts: BusinessFacts;
  now: Date;
  timeZone: string;
  language: ReplyLanguage;
  sentence: Sentence;
  /** The owner's words in the customer's script. */
  own: (text: string) => string;
}

/** Exceptions this near are told with the week. */
const SOON_DAYS = 14;
const YEAR_DAYS = 366;

/** Null when the owner filled in nothing that answers it. */
export function sayHours(when: AskedTime, saying: HoursSaying): string | null {
  const { facts, now, timeZone } = saying;
  if (facts.hours === null) return null;
  const today = dayIn(now, timeZone);
  switch (when.kind) {
    case 'now': {
      const split = hoursOn(today, facts).length > 1;
      return [sayNow(saying), split && sayDay(today, today, saying)].filter(Boolean).join(' ');
    }
    case 'week':
      return [sayNow(saying), sayWeek(facts.hours, saying), ...sayExceptions(today, SOON_DAYS, saying)]
        .filter(Boolean)
        .join('\n');
    case 'holidays': {
      const told = sayExceptions(today, YEAR_DAYS, saying);
      return told.length > 0 ? told.join('\n') : null;
    }
    case 'in_days': {
      const said = sayDay(addDays(today, when.days), today, saying);
      return when.days === 0 ? `${said} ${sayNow(saying)}` : said;
    }
    case 'weekday':
      return sayDay(addDays(today, (when.weekday - weekdayOf(today) + 7) % 7), today, saying, 'weekday');
    case 'date':
      return sayDate(when, today, saying);
  }
}

export function sayNow({ facts, now, timeZone, language, sentence }: HoursSaying): string {
  const state = openState(facts, now, timeZone);
  if (state === null) return '';
  if (!state.open) {
    const opens = state.opens && momentIn(state.opens, language, sentence);
    return opens === null ? sentence(language, 'business.closed') : sentence(language, 'business.closed_until', { when: opens });
  }
  const { until } = state;
  if (until === null) return sentence(language, 'business.open');
  const isNear = until.inDays === 0 || (until.inDays === 1 && until.time <= '12:00');
  return isNear ? sentence(language, 'business.open_until', { time: until.time }) : sentence(language, 'business.open');
}

/** "tomorrow at 09:00" */
function momentIn({ day, time, inDays }: LocalMoment, language: ReplyLanguage, sentence: Sentence): string {
  if (inDays === 0) return sentence(language, 'business.at.today', { time });
  if (inDays === 1) return sentence(language, 'business.at.tomorrow', { time });
  const on = inDays < 7 ? sentence(language, `business.on.${weekdayOf(day) as 1}`) : dateOf(day, language, sentence);
  return sentence(language, 'business.at.day', { day: on, time });
}

/** `date`: on that day; `day_month`: the day's name. */
function dateOf(day: string, language: ReplyLanguage, sentence: Sentence, form: 'date' | 'day_month' = 'date'): string {
  const [, month = '', date = ''] = day.split('-');
  return sentence(language, `business.${form}`, {
    day: String(Number(date)),
    month: sentence(language, `business.month.${MONTH_NAMES[Number(month) - 1] as 'jan'}`),
  });
}

const textOf = (hours: DayHours, { language, sentence }: HoursSaying): string =>
  hoursText(hours, { closed: sentence(language, 'business.day_off'), always: sentence(language, 'business.always') });

function sayWeek(hours: readonly DayHours[], saying: HoursSaying): string {
  const { language, sentence } = saying;
  const nameOf = (at: number): string => sentence(language, `business.short.${(at + 1) as 1}`);
  const lines = weekRuns(hours).map(({ first, last, hours: same }) => {
    const days = first === last ? nameOf(first) : `${nameOf(first)}–${nameOf(last)}`;
    return `${first === 0 && last === 6 ? sentence(language, 'business.every_day') : days}: ${textOf(same, saying)}`;
  });
  return `${sentence(language, 'business.hours')}\n${lines.join('\n')}`;
}

/** Those that begin within the days, each on a line. */
function sayExceptions(today: string, days: number, saying: HoursSaying): string[] {
  const { language, sentence } = saying;
  const last = addDays(today, days);
  return saying.facts.exceptions
    .filter(({ from, to }) => to >= today && from <= last)
    .map(({ from, to, hours, note }) => {
      const [first, until] = [from, to].map((day) => dateOf(day, language, sentence, 'day_month'));
      const line = `${from === to ? first : `${first} – ${until}`}: ${textOf(hours, saying)}`;
      return note ? `${line} (${saying.own(note)})` : line;
    });
}

function sayDay(day: string, today: string, saying: HoursSaying, named: 'weekday' | 'date' | 'near' = 'near'): string {
  const { facts, language, sentence } = saying;
  const exception = exceptionOn(day, facts.exceptions);
  const near = day === today ? 'business.today' : day === addDays(today, 1) ? 'business.tomorrow' : null;
  const on = sentence(language, `business.on.${weekdayOf(day) as 1}`);
  const onDate = sentence(language, 'business.on_date', { on, date: dateOf(day, language, sentence, 'day_month') });
  const weekday = exception ? onDate : on;
  const label = { weekday, date: dateOf(day, language, sentence), near: near ? sentence(language, near) : onDate }[named];
  const hours = hoursOn(day, facts);
  const key = hours.length === 0 ? 'business.day_closed' : 'business.day_open';
  const said = sentence(language, key, { day: capital(label), hours: textOf(hours, saying) });
  return exception?.note ? said.replace(/\.?$/, ` (${saying.own(exception.note)}).`) : said;
}

/** The next such day. */
function sayDate({ day, month }: { day: number; month: number }, today: string, saying: HoursSaying): string | null {
  const inYear = (year: number): string => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const year = Number(today.slice(0, 4));
  const date = inYear(year) >= today ? inYear(year) : inYear(year + 1);
  return isDay(date) ? sayDay(date, today, saying, 'date') : null;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
