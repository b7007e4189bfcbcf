import { faqPairs } from './faq-pairs.ts';
import { notionsInFigures, notionsOf } from './notions.ts';
import { splitPassages } from './split-passages.ts';
import { tokenize } from './tokenize.ts';

export interface Searchable {
  id: string;
  title: string;
  content: string;
  /** What customers might ask about it. Searched, never shown. */
  questions?: readonly string[];
}

export interface Passage {
  text: string;
  /** Words and notions with their occurrences. */
  counts: Map<string, number>;
  titleWords: readonly string[];
  length: number;
  isQuestion: boolean;
}

/** A word of the title counts this many times. */
const TITLE_TIMES = 3;

const withNotions = (words: string[]): string[] => [...words, ...notionsOf(words)];
/** A pair's question is its title. */
const questionOf = (pair: string): string => pair.split('\n', 1)[0] ?? '';

/** The passages of the content, then the questions: one per step. */
export function* readPassages({ title, content, questions = [] }: Searchable): Generator<Passage> {
  const titleWords = withNotions(tokenize(title));
  const pairs = faqPairs(content) !== null;
  for (const text of splitPassages(content)) {
    yield readPassage(text, pairs ? withNotions(tokenize(questionOf(text))) : titleWords);
  }
  for (const text of questions) {
    yield { ...readPassage(text, []), isQuestion: true };
  }
}

function readPassage(text: string, titleWords: readonly string[]): Passage {
  const words = tokenize(text);
  const counts = new Map<string, number>();
  const count = (word: string, times: number) => counts.set(word, (counts.get(word) ?? 0) + times);
  for (const word of words) count(word, 1);
  for (const word of titleWords) count(word, TITLE_TIMES);
  for (const notion of new Set([...notionsOf(words), ...notionsInFigures(text)])) count(notion, 1);
  return { text, counts, titleWords, length: words.length + titleWords.length, isQuestion: false };
}
