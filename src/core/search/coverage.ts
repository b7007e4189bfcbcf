import { withoutAccents } from './fold-text.ts';

// Words of one stem share this many letters; a shorter word must be the whole beginning of the other (non, nonlar).
const STEM_LETTERS = 5;
const LEAST_LETTERS = 3;
/** Below this share of common letter pairs two words are not spellings of one. */
const LEAST_LIKENESS = 0.6;

/**
 * How much of what is asked a text speaks of, 0 to 1: the share of the words' rarity it has words for. A rare word it
 * lacks weighs more than a common one it has; a likely misspelling counts in part.
 */
export function coverage(asked: readonly { word: string; rarity: number }[], textWords: Iterable<string>): number {
  const words = Array.from(textWords, withoutAccents);
  let total = 0;
  let met = 0;
  for (const { word, rarity } of asked) {
    total += rarity;
    met += rarity * likeness(withoutAccents(word), words);
  }
  return total === 0 ? 0 : met / total;
}

/** 1 when a text has the word or one of its stem, less for a shorter beginning or a likely misspelling, 0 for nothing like it. */
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
    if (other[0] === word[0] && Math.abs(word.length - other.length) <= 2) best = Math.max(best, sharedPairs(word, other));
  }
  return best >= LEAST_LIKENESS ? best : 0;
}

/** Dice's coefficient over pairs of neighbouring letters. */
function sharedPairs(word: string, other: string): number {
  const pairs = new Set<string>();
  for (let i = 0; i + 2 <= word.length; i++) pairs.add(word.slice(i, i + 2));
  let shared = 0;
  for (let i = 0; i + 2 <= other.length; i++) if (pairs.delete(other.slice(i, i + 2))) shared++;
  return (2 * shared) / (word.length + other.length - 2);
}
