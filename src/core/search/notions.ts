import { BUSINESS_NOTIONS } from './lexicon-business.ts';
import { GOODS_NOTIONS } from './lexicon-goods.ts';
import { tokenize } from './tokenize.ts';

interface Part {
  stem: string;
  goesOn: 'ending' | 'anyhow' | 'never';
}

interface Term {
  notion: string;
  words: Part[];
}

// Folded. Uzbek endings form chains: narx-lar-ingiz-ni.
const UZBEK_ENDINGS =
  /^(?:lar|lari|imiz|ingiz|im|ing|i|si|ning|ni|niki|ga|ka|da|dan|dagi|gacha|mi|mu|chi|chun|li|siz|sizlar|lik|dek|cha|man|miz|ku)+$/;
const RUSSIAN_ENDINGS =
  /^(?:a|i|u|e|o|y|yu|ya|oy|ey|iy|om|em|im|am|yam|ov|ev|ah|yah|ih|ami|yami|aya|oe|ie|uyu|ogo|omu|imi|iya|ii|ki|ka|ku|ke|kam|kami|n|na|ni|nie|niy)$/;
const ENGLISH_ENDINGS = /^(?:s|es|ed|ing|er|ers|d)$/;

const termsByBeginning = new Map<string, Term[]>();
let shortest = Number.POSITIVE_INFINITY;
for (const line of `${BUSINESS_NOTIONS}${GOODS_NOTIONS}`.split('\n')) {
  const [name, terms] = line.split(':');
  for (const written of terms?.trim().split(/\s+/) ?? []) addTerm(`#${name}`, written);
}

function addTerm(notion: string, written: string): void {
  const words = written.split('_').flatMap((part) => {
    const goesOn = part.startsWith('=') ? 'never' : part.endsWith('*') ? 'anyhow' : 'ending';
    const stems = tokenize(part.replace(/[=*]/g, ''));
    return stems.map((stem, at) => ({ stem, goesOn: at === stems.length - 1 ? goesOn : 'never' }) as const);
  });
  const [first] = words;
  if (!first) return;
  shortest = Math.min(shortest, first.stem.length);
  const known = termsByBeginning.get(first.stem);
  if (known) known.push({ notion, words });
  else termsByBeginning.set(first.stem, [{ notion, words }]);
}

/** Terms by the word that begins them. Bounded, because customers write anything. */
const beginnings = new Map<string, readonly Term[]>();
const MAX_REMEMBERED = 50_000;

function termsBegunBy(word: string): readonly Term[] {
  const known = beginnings.get(word);
  if (known) return known;
  const found: Term[] = [];
  for (let length = shortest; length <= word.length; length++) {
    for (const term of termsByBeginning.get(word.slice(0, length)) ?? []) {
      if (says(word, term.words[0] as Part)) found.push(term);
    }
  }
  if (beginnings.size >= MAX_REMEMBERED) beginnings.clear();
  beginnings.set(word, found);
  return found;
}

/** `#price`, `#hours` …, each once. */
export function notionsOf(words: readonly string[]): string[] {
  const found = new Set<string>();
  for (let at = 0; at < words.length; at++) {
    for (const { notion } of termsAt(words, at)) found.add(notion);
  }
  return [...found];
}

/** By word, alone or with its neighbours. */
export function notionsByWord(words: readonly string[]): Map<string, Set<string>> {
  const byWord = new Map<string, Set<string>>();
  for (let at = 0; at < words.length; at++) {
    for (const { notion, words: said } of termsAt(words, at)) {
      for (const word of words.slice(at, at + said.length)) {
        const notions = byWord.get(word) ?? new Set();
        byWord.set(word, notions.add(notion));
      }
    }
  }
  return byWord;
}

function termsAt(words: readonly string[], at: number): Term[] {
  return termsBegunBy(words[at] as string).filter((term) => term.words.every((part, i) => i === 0 || says(words[at + i], part)));
}

function says(word: string | undefined, { stem, goesOn }: Part): boolean {
  if (!word?.startsWith(stem)) return false;
  const rest = word.slice(stem.length);
  if (rest === '' || goesOn === 'anyhow') return true;
  return goesOn === 'ending' && (UZBEK_ENDINGS.test(rest) || RUSSIAN_ENDINGS.test(rest) || ENGLISH_ENDINGS.test(rest));
}

const PATTERNS: readonly [notion: string, pattern: RegExp][] = [
  ['#hours', /\d{1,2}[:.]\d{2}\s*(?:-|–|—|dan|дан|до|to)\s*\d{1,2}[:.]\d{2}/iu],
  ['#phone', /\+?998[\s()-]*\d{2}[\s()-]*\d{3}|\b\d{2,3}[\s-]\d{3}[\s-]\d{2}[\s-]\d{2}\b/u],
  ['#price', /\d{1,3}(?:[\s\u00a0]\d{3})+|\d\s*(?:so['`ʻʼ‘’]?m|сўм|сум|sum|\$|₽|руб)/iu],
];

/** Hours by a time span, phones by a number, prices by an amount. */
export const notionsInFigures = (text: string): string[] =>
  PATTERNS.filter(([, pattern]) => pattern.test(text)).map(([notion]) => notion);
