import { datesIn } from './dates-in-text.ts';
import * as words from './fact-words.ts';
import { smallTalkOf } from './small-talk.ts';
import { foldUzbek } from './uzbek.ts';

/** `weekday`: 1 is Monday. */
export type AskedTime =
  | { kind: 'now' | 'week' | 'holidays' }
  | { kind: 'in_days'; days: number }
  | { kind: 'weekday'; weekday: number }
  | { kind: 'date'; day: number; month: number };

export type FactQuestion =
  | { about: 'hours'; when: AskedTime }
  | { about: 'address' | 'phone' | 'payment' }
  | { about: 'delivery'; asks: 'any' | 'price' | 'time' | 'area' };

interface Topic {
  heads: RegExp;
  also: RegExp;
  never?: RegExp;
}
type About = FactQuestion['about'];
const TOPICS: readonly [About, Topic][] = [
  ['hours', words.HOURS],
  ['address', words.ADDRESS],
  ['phone', words.PHONE],
  ['payment', words.PAYMENT],
  ['delivery', words.DELIVERY],
];
const MOST_CHARS = 200;
/** Everything between two questions. */
const BOUNDARY = /[.,;:!?\n]+|(?<![\p{L}])(?:va|hamda|и|ва|ҳамда|and|yoki|или|or)(?![\p{L}])/u;

/**
 * What a message asks of the business' hours, address, telephones, payment and delivery; null when it may ask anything else: every
 * word must be one that people use for that. `before`: the customer's previous turn.
 */
export function factsAsked(text: string, before?: string): FactQuestion[] | null {
  if (text.length > MOST_CHARS) return null;
  const { dates, rest } = datesIn(text.toLowerCase());
  const [date] = dates;
  const earlier = before === undefined ? null : (factsAsked(before)?.at(-1)?.about ?? null);
  const parts = partsOf(rest).filter((said) => !said.every((word) => isIdle(word, date !== undefined)));
  const asked: FactQuestion[] = [];
  for (const said of parts) {
    const mayFollow = before === undefined || earlier === 'hours' || asked.length > 0;
    const questions = questionsIn(said) ?? followingIn(said, { earlier: asked.at(-1)?.about ?? earlier, mayFollow });
    if (questions === null) return null;
    asked.push(...questions);
  }
  if (date === undefined) return asked.length > 0 ? distinct(asked) : null;
  const isOfHours = asked.length > 0 ? asked.every(({ about }) => about === 'hours') : earlier === 'hours';
  return isOfHours && dates.length === 1 ? [{ about: 'hours', when: { kind: 'date', day: date.day, month: date.month } }] : null;
}

/** Without greetings and thanks. */
const partsOf = (text: string): string[][] =>
  text
    .replaceAll('\u0000', ' ')
    .split(BOUNDARY)
    .map(wordsOf)
    .filter((said) => said.length > 0 && smallTalkOf(said.join(' ')) === null);

const BESIDE_A_DAY = /^(?:kun(?:i|lari)?(?:chi)?|da|v|vo|na|on|the|ham)$/;
const isIdle = (word: string, besideDate: boolean): boolean => words.FILLER.test(word) || (besideDate && BESIDE_A_DAY.test(word));

const wordsOf = (text: string): string[] => foldUzbek(text.normalize('NFKC')).match(/[\p{L}\p{N}]+/gu) ?? [];

function questionsIn(said: readonly string[]): FactQuestion[] | null {
  const joined = said.join(' ');
  const about = TOPICS.filter(([name, { heads }]) => joined.search(heads) >= 0 || (name === 'hours' && worksAtSomeTime(said)));
  const fits = about.filter(([name, topic]) => isPlain(joined, topic, name === 'hours'));
  if (fits.length === 1) return [questionAbout((fits[0] as [About, Topic])[0], said)];
  // "adres nomer"
  const rest = about.reduce((left, [, { heads }]) => left.replace(heads, ' '), joined);
  const listed = about.length > 1 && wordsOf(rest).every((word) => words.FILLER.test(word));
  return listed && about.every(([name]) => name === 'address' || name === 'phone')
    ? about.map(([name]) => questionAbout(name, said))
    : null;
}

const TIME_OR_PLACE = [...words.WEEKDAYS, words.NOW, words.TODAY, words.TOMORROW, words.IN_TWO_DAYS, words.TIMES, words.PLACE];
const worksAtSomeTime = (said: readonly string[]): boolean =>
  said.join(' ').search(words.ANYTHING_WORKS) >= 0 && said.some((each) => TIME_OR_PLACE.some((word) => word.test(each)));

function isPlain(joined: string, { heads, also, never }: Topic, timed: boolean): boolean {
  const rest = wordsOf(joined.replace(heads, ' '));
  if (never && rest.some((word) => never.test(word))) return false;
  return rest.every((word) => also.test(word) || words.FILLER.test(word) || (timed && (isHour(word) || isWeekday(word))));
}

const isHour = (word: string): boolean => /^\d{1,2}$/.test(word) && Number(word) <= 24;
const isWeekday = (word: string): boolean => words.WEEKDAYS.some((day) => day.test(word));

function questionAbout(about: About, said: readonly string[]): FactQuestion {
  const has = (word: RegExp): boolean => said.some((each) => word.test(each));
  if (about === 'hours') return hoursAt(said);
  if (about !== 'delivery') return { about };
  const asks = has(words.AREA) ? 'area' : has(words.DURATION) ? 'time' : has(words.PRICE) ? 'price' : 'any';
  return { about, asks };
}

function hoursAt(said: readonly string[]): FactQuestion {
  const has = (word: RegExp): boolean => said.some((each) => word.test(each));
  const weekday = 1 + words.WEEKDAYS.findIndex(has);
  const at = (when: AskedTime): FactQuestion => ({ about: 'hours', when });
  if (has(words.NOW)) return at({ kind: 'now' });
  if (weekday > 0) return at({ kind: 'weekday', weekday });
  if (has(words.TODAY)) return at({ kind: 'in_days', days: 0 });
  if (has(words.TOMORROW)) return at({ kind: 'in_days', days: 1 });
  if (has(words.IN_TWO_DAYS)) return at({ kind: 'in_days', days: 2 });
  if (has(words.HOLIDAYS)) return at({ kind: 'holidays' });
  return at({ kind: has(words.AS_A_STATE) && !has(words.TIMES) && !said.some(isHour) && !has(words.DAYS_OFF) ? 'now' : 'week' });
}

/** What needs the question before: "yakshanba?", after hours "ertagachi?", after delivery "qancha?". */
function followingIn(
  said: readonly string[],
  { earlier, mayFollow }: { earlier: About | null; mayFollow: boolean },
): FactQuestion[] | null {
  const days = earlier === 'hours' ? [...words.WEEKDAYS, words.TODAY, words.TOMORROW, words.IN_TWO_DAYS] : words.WEEKDAYS;
  const isDay = (word: string): boolean => days.some((day) => day.test(word));
  if (mayFollow && said.some(isDay) && said.every((word) => isDay(word) || isIdle(word, true))) return [hoursAt(said)];
  const asksMore = said.some((word) => [words.PRICE, words.DURATION, words.AREA].some((kind) => kind.test(word)));
  const isPlainMore = said.every((word) => words.DELIVERY.also.test(word) || words.FILLER.test(word));
  return earlier === 'delivery' && asksMore && isPlainMore ? [questionAbout('delivery', said)] : null;
}

const MOST_PLACE_WORDS = 2;
const BEFORE_A_PLACE = /^(?:na|v|vo|do|po|to|in)$/;
const TO_A_PLACE = /^.{3,}(?:ga|ka|gacha|gachi|gami)$/;

/** Delivery to a place, which the filled-in area may answer: "dostavka Yunusobodga qancha", after delivery "Yunusobodga-chi". */
export function deliveryLikelyAsked(text: string, before?: string): FactQuestion | null {
  if (text.length > MOST_CHARS) return null;
  const joined = wordsOf(text.toLowerCase()).join(' ');
  const isNamed = joined.search(words.DELIVERY.heads) >= 0;
  if (!isNamed && (before === undefined || factsAsked(before)?.at(-1)?.about !== 'delivery')) return null;
  const left = wordsOf(joined.replace(words.DELIVERY.heads, ' '));
  const isKnown = (word: string): boolean =>
    words.DELIVERY.also.test(word) || words.FILLER.test(word) || BEFORE_A_PLACE.test(word);
  const unknown = left.filter((word) => !isKnown(word));
  const isPlace = (word: string): boolean => TO_A_PLACE.test(word) || BEFORE_A_PLACE.test(left[left.indexOf(word) - 1] ?? '');
  if (unknown.length > MOST_PLACE_WORDS || !unknown.some(isPlace)) return null;
  return questionAbout('delivery', wordsOf(joined));
}

const distinct = (asked: readonly FactQuestion[]): FactQuestion[] => {
  const seen = new Map(asked.map((question) => [JSON.stringify(question), question]));
  return [...seen.values()];
};
