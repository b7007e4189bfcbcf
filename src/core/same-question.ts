// Whether two customers ask the same, in whatever words, script and language of ours.
import { numberWordsAsDigits } from './number-words.ts';
import { MULTIPLIER, times } from './numbers-in-text.ts';
import { ALSO, ASKS, COUNTED, COUNTING, FINER, HOW_MUCH, MONEY, ONES, PLACES } from './same-question-words.ts';
import { notionsByWord } from './search/notions.ts';
import { informativeWords } from './search/stop-words.ts';
import { tokenize } from './search/tokenize.ts';

export interface Meaning {
  /** What the question is about: its words, each with what it may stand for. */
  parts: readonly Part[];
  /** `2` and "ikki"; `#cash` and `#card`: questions that differ in one of these are never the same. */
  details: string;
  /** For messages without a word that says anything. */
  folded: string;
}

interface Part {
  word: string;
  notions: readonly string[];
}

const MAX_WORDS = 60;

/** `3xonali` is 3 and xonali; `12 000` and `12 ming` are 12000. */
const figures = (text: string): string =>
  numberWordsAsDigits(text.toLowerCase())
    .replace(/(?<!\p{L})(?:oq|оқ)\s+(?=rang|ранг)/gu, 'oppoq ')
    .replace(/(одно|двух|тр[её]х|четыр[её]х|пяти)(?=комнат|местн|этажн|дневн|разов)/gu, '$1 ')
    .replace(/(?<=\d)[ .,\u00a0](?=\d{3}(?!\d))/g, '')
    .replace(new RegExp(`(\\d+)\\s*(${MULTIPLIER})\\p{L}*`, 'gu'), (_, digits: string, unit: string) =>
      String(times(Number(digits), unit)),
    )
    .replace(/(?<=\d)(?=\p{L})|(?<=\p{L})(?=\d)/gu, ' ');

export function meaningOf(text: string): Meaning {
  const words = tokenize(figures(text)).slice(0, MAX_WORDS);
  const numbers = words.flatMap((word, at) => numberOf(word, words[at + 1]) ?? []);
  const isNumber = (word: string, at: number): boolean => numberOf(word, words[at + 1]) !== null;
  const notions = notionsByWord(words);
  const informative = new Set(informativeWords(words));
  const parts = words.flatMap((word, at): Part[] => {
    if (isNumber(word, at)) return [];
    const spoken = [...(notions.get(word) ?? ALSO.find(([, pattern]) => pattern.test(word))?.[0] ?? [])];
    if (HOW_MUCH.test(word) && (spoken.length === 0 || isPrice(spoken))) {
      return isPrice(spoken) || asksPrice(words, at) ? [{ word, notions: ['#price'] }] : [];
    }
    if (word === 'pro' && /\d/.test(words[at - 1] ?? '')) return [{ word, notions: [] }];
    if (MONEY.test(word) && spoken.length === 0) return [];
    const says = spoken.length > 0 ? informativeWords([word]).length > 0 : informative.has(word) && !ASKS.test(word);
    return says ? [{ word: PLACES.find(([, pattern]) => pattern.test(word))?.[0] ?? word, notions: spoken }] : [];
  });
  const finer = FINER.filter(([, pattern]) => words.some((word) => pattern.test(word))).map(([detail]) => detail);
  return {
    parts: withoutImplied(parts),
    details: [...new Set([...numbers.map(String), ...finer])].sort().join(' '),
    folded: words.join(' '),
  };
}

/** What a word says that another says more exactly. "Qancha" beside a length of time asks no price. */
const IMPLIED: readonly [is: (part: Part) => boolean, by: readonly string[]][] = [
  [({ notions }) => isOnly(notions, '#payment'), ['#installment', '#prepayment']],
  [({ notions }) => isOnly(notions, '#order'), ['#delivery', '#status']],
  [({ notions }) => isOnly(notions, '#room'), ['#apartment', '#hotel']],
  [({ word, notions }) => HOW_MUCH.test(word) && isPrice(notions), ['#duration', '#age', '#size', '#minimum']],
];

const withoutImplied = (parts: readonly Part[]): Part[] =>
  parts.filter((part) => {
    const by = IMPLIED.find(([is]) => is(part))?.[1] ?? [];
    return !by.some((exact) => parts.some(({ notions }) => notions.includes(exact)));
  });

const isOnly = (notions: readonly string[], notion: string): boolean => notions.length === 1 && notions[0] === notion;
const isPrice = (notions: readonly string[]): boolean => isOnly(notions, '#price');

/** "Plov qancha?", not "qancha odam". */
function asksPrice(words: readonly string[], at: number): boolean {
  const next = words[at + 1];
  return next === undefined || MONEY.test(next);
}

function numberOf(word: string, next = ''): number | null {
  if (/^\d+$/.test(word)) return Number(word);
  return ONES.get(word) ?? (COUNTED.test(next) ? (COUNTING.get(word) ?? null) : null);
}

export function sameMeaning(a: Meaning, b: Meaning): boolean {
  if (a.parts.length === 0 || b.parts.length === 0) return a.folded === b.folded;
  if (a.details !== b.details) return false;
  return saidIn(a.parts, b.parts) && saidIn(b.parts, a.parts);
}

export const sameQuestion = (a: string, b: string): boolean => sameMeaning(meaningOf(a), meaningOf(b));

const saidIn = (parts: readonly Part[], others: readonly Part[]): boolean =>
  parts.every((part) => others.some((other) => samePart(part, other)));

const samePart = (a: Part, b: Part): boolean =>
  a.notions.length > 0 || b.notions.length > 0
    ? a.notions.some((notion) => b.notions.includes(notion)) || sameWord(a.word, b.word)
    : sameWord(a.word, b.word);

const LEAST_STEM = 3;
const LETTERS_THAT_MAY_ERR = 6;
const ENDING =
  /^(?:lar|lari|imiz|ingiz|im|ing|i|si|ning|ni|niki|ga|ka|da|dan|dagi|gacha|mi|mu|chi|li|siz|lik|cha|man|miz|a|u|e|o|y|yu|ya|oy|ey|iy|om|em|am|yam|ov|ev|ah|yah|ih|ami|yami|aya|oe|ie|uyu|ogo|omu|iya|ii|ki|n|na|s|es|ed|ing)*$/;

/** One stem with other endings, or a likely misspelling of a long word. */
function sameWord(a: string, b: string): boolean {
  if (a === b || sameStem(a, b, (letter) => letter)) return true;
  const [one, other] = [withoutDoubles(a), withoutDoubles(b)];
  return Math.min(one.length, other.length) >= LETTERS_THAT_MAY_ERR && sameStem(one, other, soundOf);
}

function sameStem(a: string, b: string, sound: (letter: string) => string): boolean {
  let stem = 0;
  while (stem < Math.min(a.length, b.length) && sound(a[stem] as string) === sound(b[stem] as string)) stem += 1;
  return stem >= LEAST_STEM && ENDING.test(a.slice(stem)) && ENDING.test(b.slice(stem));
}

const withoutDoubles = (word: string): string => word.replace(/(.)\1+/g, '$1');
const soundOf = (letter: string): string => (letter === 'o' ? 'a' : letter === 'e' ? 'i' : letter);
