import { tokenize } from '../search/tokenize.ts';

/** What an owner should look at before accepting. `with`: the title of the other entry or draft. */
export type Note =
  | { kind: 'duplicate'; with: string }
  | { kind: 'other_number'; with: string; line: string; other: string }
  /** `other`: as the business facts have it. */
  | { kind: 'other_fact'; line: string; other: string }
  /** The page it came from says something else than before. */
  | { kind: 'changed'; line: string; other: string }
  | { kind: 'instructions' }
  /** The AI stopped before the end of a picture. */
  | { kind: 'cut' }
  | { kind: 'past_date'; date: string };

export interface Known {
  title: string;
  content: string;
}

const MOST_NOTES = 6;
const SAME_SHARE = 0.8;
const MAX_LINE = 120;
const NUMBER = /\d+(?:[ .,:'’]\d{2,3})*(?:[.,]\d+)?/gu;
const UNITS = new Set([
  'som',
  'soum',
  'sum',
  'сум',
  'сум',
  'сом',
  'uzs',
  'usd',
  'ming',
  'минг',
  'тыс',
  'руб',
  'dan',
  'gacha',
  'от',
  'до',
  'с',
  'va',
  'и',
]);

/** What is asked of any thing. */
const GENERAL = new Set(
  tokenize('narx narxi narxlari qiymati цена цены стоимость price prices cost vaqt vaqti soat время часы time hours'),
);

interface Stated {
  line: string;
  numbers: string;
}
interface Read extends Known {
  words: Set<string>;
  stated: Map<string, Stated>;
}

/** Compares texts with the known ones and with each other, in order. */
export function createComparison(known: readonly Known[]) {
  const read = known.map(readKnown);
  const stated = new Map<string, { title: string; stated: Stated }[]>();
  const learn = (one: Read): void => {
    for (const [key, what] of one.stated) stated.set(key, [...(stated.get(key) ?? []), { title: one.title, stated: what }]);
  };
  read.forEach(learn);

  return {
    notesOf(text: Known): Note[] {
      const own = readKnown(text);
      const notes: Note[] = [];
      const same = read.find((other) => isSame(own, other));
      if (same) notes.push({ kind: 'duplicate', with: same.title });
      for (const [key, { line, numbers }] of own.stated) {
        const other = (stated.get(key) ?? []).find((one) => one.stated.numbers !== numbers);
        if (other) notes.push({ kind: 'other_number', with: other.title, line, other: other.stated.line });
      }
      read.push(own);
      learn(own);
      return notes.slice(0, MOST_NOTES);
    },
  };
}

function readKnown({ title, content }: Known): Read {
  const stated = new Map<string, Stated>();
  const about = keyOf(title);
  const lines = content.split('\n').filter((line) => /\d/u.test(line) && line.length <= MAX_LINE);
  for (const line of lines) {
    const numbers = numbersOf(line);
    const key = keyOf(line);
    if (numbers === '') continue;
    // A line such as "9:00 dan 18:00 gacha" or "Narxi 5 000" is about what the title says.
    const of = key === '' || key.split(' ').every((word) => GENERAL.has(word)) ? `${about} ${key}`.trim() : key;
    if (of !== '' && !stated.has(of)) stated.set(of, { line: line.trim(), numbers });
  }
  return { title, content, words: new Set(tokenize(`${title} ${content}`)), stated };
}

const numbersOf = (line: string): string =>
  (line.match(NUMBER) ?? []).map((number) => number.replace(/[ .,'’](?=\d{3}(?!\d))/gu, '')).join(' ');

/** What a line is about: its words without numbers and units. */
const keyOf = (line: string): string =>
  tokenize(line)
    .filter((word) => !/\d/u.test(word) && !UNITS.has(word))
    .join(' ');

function isSame(one: Read, other: Read): boolean {
  const [small, large] = one.words.size < other.words.size ? [one.words, other.words] : [other.words, one.words];
  if (large.size === 0 || small.size < large.size * SAME_SHARE) return false;
  let shared = 0;
  for (const word of small) if (large.has(word)) shared++;
  return shared / (small.size + large.size - shared) >= SAME_SHARE;
}
