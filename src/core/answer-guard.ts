import { type Claim, type Claims, claimsIn, type Reading } from './claims-in-text.ts';

export interface Given {
  /** Knowledge, facts, the owner's text, the reference and today's date. */
  texts: readonly string[];
  /** Names in it are given too; its numbers are quantities that prices are multiplied by. */
  asked: string;
}

const MAX_QUANTITY = 100;
const MAX_SUMMANDS = 12;
const HALF_DAY = 12 * 60;

/**
 * Claims (numbers, phones, times, days, links) that no given text supports; empty when the answer may be sent. Numbers compare by
 * value. A price times a quantity of the customer, and a sum of prices, are supported.
 */
export function unsupportedClaims(answer: string, { texts, asked }: Given): string[] {
  const { claims } = claimsIn(answer);
  if (claims.length === 0) return [];
  const said = asked.split('\n').map(factsOf);
  const given = [...texts.map(factsOf), ...said];
  const quantities = [...new Set(said.flatMap((facts) => facts.quantities))];
  const amounts: number[] = [];
  return claims.filter((claim) => !isSupported(claim, given, quantities, amounts)).map(({ text }) => text);
}

/** What a text says. The facts of several texts are asked one by one: joining them costs more than the few questions of an answer. */
interface Facts {
  /** Small numbers, also in words, by which a customer multiplies prices. */
  quantities: number[];
  numbers: Set<number>;
  percents: Set<number>;
  phones: Set<string>;
  minutes: Set<number>;
  /** Hours without minutes. */
  hours: Set<number>;
  /** `month-day` → years; null where none was named. */
  dates: Map<string, (number | null)[]>;
  links: Set<string>;
}

const known = new Map<string, Facts>();
let knownChars = 0;
const MAX_KNOWN_CHARS = 4_000_000;

/** Cached, because the knowledge and the customer's earlier turns repeat from message to message. */
function factsOf(text: string): Facts {
  const kept = known.get(text);
  if (kept) return kept;
  if (knownChars > MAX_KNOWN_CHARS) {
    known.clear();
    knownChars = 0;
  }
  knownChars += text.length;
  const facts = readFacts(text);
  known.set(text, facts);
  return facts;
}

function readFacts(text: string): Facts {
  const claims = claimsIn(text);
  const facts: Facts = {
    quantities: quantitiesIn(text, claims),
    numbers: new Set(claims.small),
    percents: new Set(),
    phones: new Set(),
    minutes: new Set(),
    hours: new Set(claims.small.filter((number) => number <= 24)),
    dates: new Map(),
    links: new Set(),
  };
  for (const { readings } of claims.claims) for (const reading of readings) addFact(facts, reading);
  return facts;
}

const isAmong = (given: readonly Facts[], kind: 'numbers' | 'percents' | 'minutes' | 'hours', value: number): boolean =>
  given.some((facts) => facts[kind].has(value));

function addFact(facts: Facts, reading: Reading): void {
  if ('number' in reading) {
    facts.numbers.add(reading.number);
    if (reading.number <= 24) facts.hours.add(reading.number);
  } else if ('percent' in reading) facts.percents.add(reading.percent);
  else if ('phone' in reading) facts.phones.add(reading.phone);
  else if ('link' in reading) facts.links.add(reading.link);
  else if ('minutes' in reading) {
    facts.minutes.add(reading.minutes);
    if (reading.minutes % 60 === 0) facts.numbers.add(reading.minutes / 60);
    if (reading.loose && reading.minutes % 60 === 0) facts.hours.add(reading.minutes / 60);
  } else {
    const { day, month, year } = reading.date;
    const key = `${month}-${day}`;
    facts.dates.set(key, [...(facts.dates.get(key) ?? []), year]);
    facts.numbers.add(day);
    if (year !== null) facts.numbers.add(year);
  }
}

/** `amounts` collects the answer's prices so far, for sums. */
function isSupported({ readings }: Claim, given: readonly Facts[], quantities: readonly number[], amounts: number[]): boolean {
  const supported = readings.find((reading) => isGiven(reading, given));
  const numbers = readings.flatMap((reading) => ('number' in reading ? [reading.number] : []));
  const computed = supported ? undefined : numbers.find((number) => isComputed(number, given, quantities, amounts));
  const said = supported && 'number' in supported ? supported.number : computed;
  if (said !== undefined) amounts.push(said);
  return supported !== undefined || computed !== undefined;
}

function isGiven(reading: Reading, given: readonly Facts[]): boolean {
  if ('number' in reading) return isAmong(given, 'numbers', reading.number) || isPhone(String(reading.number), given);
  if ('percent' in reading) return isAmong(given, 'percents', reading.percent);
  if ('phone' in reading) return isPhone(reading.phone, given);
  if ('link' in reading) return isLink(reading.link, given);
  if ('date' in reading) {
    const { day, month, year } = reading.date;
    const years = given.flatMap(({ dates }) => dates.get(`${month}-${day}`) ?? []);
    if (years.length === 0) return false;
    return year === null || years.includes(year) || (years.includes(null) && isAmong(given, 'numbers', year));
  }
  const { minutes, loose } = reading;
  if (isAmong(given, 'minutes', minutes)) return true;
  if (minutes % 60 !== 0) return false;
  const hour = minutes / 60;
  const hours = [hour, hour === 0 ? 24 : hour, hour > 12 ? hour - 12 : hour];
  return (
    hours.some((each) => isAmong(given, 'hours', each)) ||
    (loose && hour < 12 && isAmong(given, 'minutes', minutes + HALF_DAY) && isAmong(given, 'hours', hour))
  );
}

/** With or without the code of the country or city. */
function isPhone(digits: string, given: readonly Facts[]): boolean {
  if (given.some(({ phones }) => phones.has(digits))) return true;
  if (digits.length < 7) return false;
  const isSame = (phone: string): boolean => phone.length >= 7 && (phone.endsWith(digits) || digits.endsWith(phone));
  return given.some(({ phones }) => [...phones].some(isSame));
}

/** The page itself, or the site of a given page. */
function isLink(link: string, given: readonly Facts[]): boolean {
  const isSame = (each: string): boolean => each === link || each.startsWith(`${link}/`) || each.endsWith(`@${link}`);
  return given.some(({ links }) => [...links].some(isSame));
}

function isComputed(number: number, given: readonly Facts[], quantities: readonly number[], amounts: readonly number[]): boolean {
  if (quantities.some((quantity) => number / quantity >= 1 && isAmong(given, 'numbers', number / quantity))) return true;
  const said = amounts.slice(-MAX_SUMMANDS);
  for (let from = 0; from < said.length; from += 1) {
    let sum = said[from] as number;
    for (const amount of said.slice(from + 1)) {
      sum += amount;
      if (sum === number) return true;
    }
  }
  return false;
}

function quantitiesIn(text: string, { claims, small }: Claims): number[] {
  const named = claims.flatMap(({ readings }) => readings.flatMap((reading) => ('number' in reading ? [reading.number] : [])));
  const words = SMALL_WORDS.filter(([word]) => word.test(text)).map(([, number]) => number);
  return [...small, ...named, ...words].filter((number) => Number.isInteger(number) && number > 1 && number <= MAX_QUANTITY);
}

const SMALL_WORDS: readonly [RegExp, number][] = [
  [/(?<!\p{L})(?:ikki|икки|два|две|two|couple)/iu, 2],
  [/(?<!\p{L})(?:uch(?!u)|уч(?!и)|три|three)/iu, 3],
  [/(?<!\p{L})(?:to.?rt|тўрт|четыре|four)/iu, 4],
  [/(?<!\p{L})(?:besh|беш|пять|five)/iu, 5],
  [/(?<!\p{L})(?:olti|олти|шесть|six)/iu, 6],
  [/(?<!\p{L})(?:yetti|етти|семь|seven)/iu, 7],
  [/(?<!\p{L})(?:sakkiz|саккиз|восемь|eight)/iu, 8],
  [/(?<!\p{L})(?:to.?qqiz|тўққиз|девять|nine)/iu, 9],
  [/(?<!\p{L})(?:o.?n ta|ўн та|десять|ten)/iu, 10],
];
