import { withoutAccents } from './fold-text.ts';

// Words of one stem share this many letters. A shorter word must be a prefix of the other (non, nonlar).
const STEM_LETTERS = 5;
const LEAST_LETTERS = 3;
/** Longer words may have two typing errors. */
const LONG_LETTERS = 7;

/** A synonym, perhaps in another language. */
const SAME_NOTION = 0.8;

export interface AskedWord {
  word: string;
  rarity: number;
  notions?: Iterable<string>;
}

/** The share of the question's rarity that the text has words for, 0 to 1. A likely misspelling counts in part. */
export function coverage(asked: readonly AskedWord[], textWords: Iterable<string>): number {
  const words = Array.from(textWords, withoutAccents);
  let total = 0;
  let met = 0;
  for (const { word, rarity, notions = [] } of asked) {
    total += rarity;
    const alike = likeness(withoutAccents(word), words);
    met += rarity * (alike < SAME_NOTION && [...notions].some((notion) => words.includes(notion)) ? SAME_NOTION : alike);
  }
  return total === 0 ? 0 : met / total;
}

/** 1 for the word or its stem, less for a shorter prefix or a likely misspelling, else 0. */
function likeness(word: string, words: readonly string[]): number {
  if (word.length < LEAST_LETTERS) return words.includes(word) ? 1 : 0;
  const beginning = word.slice(0, STEM_LETTERS);
  let stem = 0;
  let shorter = 0;
  for (const other of words) {
    if (other === word) return 1;
    if (other.startsWith(beginning)) stem = beginning.length;
    else if (other.length >= LEAST_LETTERS && beginning.startsWith(other)) shorter = Math.max(shorter, other.length);
  }
  const letters = stem || shorter;
  if (letters > 0) return letters / STEM_LETTERS;
  return word.length < STEM_LETTERS ? 0 : closest(word, words);
}

function closest(word: string, words: readonly string[]): number {
  let best = 0;
  for (const other of words) {
    if (other[0] === word[0] && Math.abs(word.length - other.length) <= 2) best = Math.max(best, spelledAlike(word, other));
  }
  return best;
}

/** A vowel that sounds alike is half an error. */
function spelledAlike(word: string, other: string): number {
  const allowed = word.length >= LONG_LETTERS ? 2 : 1;
  const errors = typingErrors(word, other, allowed);
  return errors > allowed ? 0 : 1 - errors / (allowed * 2 + 1);
}

/** Damerau distance, counted up to `most`. */
function typingErrors(word: string, other: string, most: number): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= word.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const [a, b] = [word[i - 1] as string, other[j - 1] as string];
      let errors = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + unlike(a, b));
      if (i > 1 && j > 1 && a === other[j - 2] && b === word[i - 2]) errors = Math.min(errors, (before[j - 2] as number) + 1);
      row.push(errors);
    }
    if (Math.min(...row) > most) return most + 1;
    before = above;
    above = row;
  }
  return above[other.length] as number;
}

const SOUND_ALIKE = /^(?:[ao]{2}|[ie]{2}|[ou]{2}|[dt]{2}|[zs]{2}|[bp]{2}|[gk]{2}|[fv]{2})$/;
const unlike = (a: string, b: string): number => (a === b ? 0 : SOUND_ALIKE.test(a + b) ? 0.5 : 1);
