import { MONEY } from './same-question-words.ts';
import { informativeWords } from './search/stop-words.ts';
import { tokenize } from './search/tokenize.ts';

const MAX_CHARS = 300;
const MOST_LINES = 3;
/** A price or a telephone number says more than a word. Also where entry and answer are in two languages. */
const NUMBER_WEIGHT = 2;

/** Of each entry the lines that an answer most likely rests on, in their order; its beginning when none is like the answer. */
export function usedPassages(contents: readonly string[], answer: string): string[] {
  const said = new Set(informativeWords(tokenize(joinedNumbers(answer))).filter((word) => !MONEY.test(word)));
  return contents.map((content) => usedPassage(content, said));
}

function usedPassage(content: string, said: ReadonlySet<string>): string {
  const lines = content
    .split(/\n|(?<=[.!?])\s+/u)
    .map((line) => line.trim())
    .filter(Boolean);
  const like = lines.length === 1 ? [] : mostAlike(lines, said);
  const passage = like.length > 0 ? like.map((at) => lines[at]).join(' … ') : lines.join(' ');
  return passage.length > MAX_CHARS
    ? `${passage
        .slice(0, MAX_CHARS)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
    : passage;
}

function mostAlike(lines: readonly string[], said: ReadonlySet<string>): number[] {
  return lines
    .map((line, at) => ({ at, score: scoreOf(line, said) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_LINES)
    .map(({ at }) => at)
    .toSorted((a, b) => a - b);
}

function scoreOf(line: string, said: ReadonlySet<string>): number {
  const shared = new Set(tokenize(joinedNumbers(line)).filter((word) => said.has(word)));
  return [...shared].reduce((sum, word) => sum + (/^\d+$/.test(word) ? NUMBER_WEIGHT : 1), 0);
}

/** `12 000` and `12000` are one number. */
const joinedNumbers = (text: string): string => text.replace(/(?<=\d)[ \u00a0.,](?=\d{3}(?!\d))/g, '');
