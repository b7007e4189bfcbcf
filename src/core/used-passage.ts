import { MONEY } from './same-question-words.ts';
import { informativeWords } from './search/stop-words.ts';
import { tokenize } from './search/tokenize.ts';

const MAX_CHARS = 300;
const MOST_LINES = 3;
/** A price or a telephone number says more than a word. Also where entry and answer are in two languages. */
const NUMBER_WEIGHT = 2;

/** Of each entry the lines that an answer most likely rests on, in their order; its beginning when none is like the answer. */
export function usedPassages(entries: readonly Readonly<Entry>[], answer: string): string[] {
  if (entries.length === 0) return [];
  const said = new Set(informativeWords(tokenize(joinedNumbers(answer))).filter((word) => !MONEY.test(word)));
  return entries.map((entry) => usedPassage(linesOf(entry), said));
}

interface Entry {
  content: string;
}

interface Line {
  text: string;
  words: ReadonlySet<string>;
}

/** Cached, because an entry is used for many answers. */
const known = new WeakMap<Readonly<Entry>, Line[]>();

function linesOf(entry: Readonly<Entry>): Line[] {
  const lines = known.get(entry) ?? readLines(entry.content);
  known.set(entry, lines);
  return lines;
}

const readLines = (content: string): Line[] =>
  content
    .split(/\n|(?<=[.!?])\s+/u)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((text) => ({ text, words: new Set(tokenize(joinedNumbers(text))) }));

function usedPassage(lines: readonly Line[], said: ReadonlySet<string>): string {
  const like = lines.length === 1 ? [] : mostAlike(lines, said);
  const passage = like.length > 0 ? like.join(' … ') : lines.map(({ text }) => text).join(' ');
  return passage.length > MAX_CHARS
    ? `${passage
        .slice(0, MAX_CHARS)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
    : passage;
}

function mostAlike(lines: readonly Line[], said: ReadonlySet<string>): string[] {
  return lines
    .map((line, at) => ({ at, text: line.text, score: scoreOf(line, said) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_LINES)
    .toSorted((a, b) => a.at - b.at)
    .map(({ text }) => text);
}

function scoreOf({ words }: Line, said: ReadonlySet<string>): number {
  let score = 0;
  for (const word of said) if (words.has(word)) score += /^\d+$/.test(word) ? NUMBER_WEIGHT : 1;
  return score;
}

/** `12 000` and `12000` are one number. */
const joinedNumbers = (text: string): string => text.replace(/(?<=\d)[ \u00a0.,](?=\d{3}(?!\d))/g, '');
