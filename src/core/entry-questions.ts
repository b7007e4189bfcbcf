import { foldText } from './search/fold-text.ts';
import { cutStorableText } from './storable-text.ts';

/** Limits of one entry. They keep the index small. */
export const MAX_QUESTIONS = 40;
export const MAX_QUESTION_CHARS = 200;
const MAX_SUGGESTED = 15;
const LEAST_CHARS = 3;
const MAX_SUMMARY_CHARS = 300;
/** A link or address in a suggestion did not come from a customer's mouth. */
const LINK = /https?:|www\.|\bt\.me\b|@|\S+\.(?:uz|ru|com|org|net|io)\b/iu;

export interface Suggestions {
  questions: string[];
  summary: string;
}

export interface EntryQuestionLists {
  suggested: string[];
  own: string[];
  refused: string[];
}

/** What a model wrote, as far as it is usable: short lines without links or repeats. Null: nothing is. */
export function readSuggestions(text: string): Suggestions | null {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || !Array.isArray((value as Partial<Suggestions>).questions)) return null;
  const { questions, summary } = value as { questions: unknown[]; summary?: unknown };
  const lines = questions.filter((line) => typeof line === 'string').map(oneLine);
  const usable = distinct(
    lines.filter((line) => line.length >= LEAST_CHARS && line.length <= MAX_QUESTION_CHARS && !LINK.test(line)),
  );
  if (usable.length === 0) return null;
  const words = typeof summary === 'string' ? oneLine(summary) : '';
  return {
    questions: usable.slice(0, MAX_SUGGESTED),
    summary: LINK.test(words) ? '' : cutStorableText(words, MAX_SUMMARY_CHARS),
  };
}

/** Suggestions in place of earlier ones. What the owner wrote or refused is not suggested. */
export function withSuggestions({ own, refused }: EntryQuestionLists, questions: readonly string[]): string[] {
  const known = new Set([...own, ...refused].map(keyOf));
  return questions.filter((question) => !known.has(keyOf(question)));
}

/** The owner's list: lines that were suggested stay suggested, missing ones are refused, the others are the owner's own. */
export function withOwnersList({ suggested, refused }: EntryQuestionLists, lines: readonly string[]): EntryQuestionLists {
  const wanted = distinct(lines);
  const kept = suggested.filter((question) => wanted.includes(question));
  const gone = suggested.filter((question) => !wanted.includes(question));
  const wantedKeys = new Set(wanted.map(keyOf));
  return {
    suggested: kept,
    own: wanted.filter((line) => !kept.includes(line)),
    refused: distinct([...refused, ...gone]).filter((line) => !wantedKeys.has(keyOf(line))),
  };
}

const keyOf = (line: string): string =>
  foldText(line)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
const oneLine = (line: string): string => cutStorableText(line.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim(), 10_000);

function distinct(lines: readonly string[]): string[] {
  const byKey = new Map(lines.map((line) => [keyOf(line), line] as const).reverse());
  return [...byKey].reverse().flatMap(([key, line]) => (key === '' ? [] : [line]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\s*```(?:json)?|```\s*$/g, ''));
  } catch {
    return null;
  }
}
