import { bestPassage } from './best-passage.ts';
import { type AskedWord, coverage } from './coverage.ts';
import { faqPairs } from './faq-pairs.ts';
import { notionsOf } from './notions.ts';
import { tokenize } from './tokenize.ts';

/** A shorter list is sent whole. */
const LEAST_LINES_OF_A_LIST = 5;
const LEAST_SHARE_OF_PRICES = 0.6;
/** The share of the question, without the title's words, that a line must cover; further lines must be nearly as good. */
const LEAST_COVERAGE_OF_LINE = 0.5;
const LEAST_SHARE_OF_BEST_LINE = 0.8;
const MOST_LINES = 5;
/** A word in so many lines does not choose among them. */
const MOST_SHARE_OF_LINES = 0.6;
/** "soʻm" is no beginning of "somsa". */
const CURRENCY = /^s[ou]m(?:dan|ga|lik)?$/;

const PRICE = /\d[\d\s\u00a0.,]*\d{3}|\d\s*(?:so['`ʻʼ‘’]?m|сўм|сум|sum|\$|€|₽|%)/iu;
const isPriceLine = (line: string): boolean => PRICE.test(line);

export interface AnswerSource {
  title: string;
  content: string;
  passage: string;
}

/** At most `maxChars`: the pair that was found, the lines of a price list that each question asks for, else the best part. */
export function answerText(
  { title, content, passage }: AnswerSource,
  query: string,
  questions: readonly (readonly AskedWord[])[],
  maxChars: number,
): string {
  const pairs = faqPairs(content);
  if (pairs) return bestPassage({ content: passage }, query, maxChars);
  const lines = listLines(content);
  const chosen = lines && linesFor(lines, title, questions);
  if (chosen) return withTitle(title, chosen.join('\n'), maxChars);
  const text = bestPassage({ content }, query, maxChars);
  return lines || needsTitle(title, text) ? withTitle(title, text, maxChars) : text;
}

function withTitle(title: string, text: string, maxChars: number): string {
  const whole = `${title.trim()}\n${text}`;
  return whole.length <= maxChars ? whole : text;
}

/** A short text without a word of its title leaves its subject open. */
function needsTitle(title: string, text: string): boolean {
  if (text.length > 300) return false;
  const said = tokenize(text);
  const words = tokenize(title).map((word) => ({ word, rarity: 1, notions: notionsOf([word]) }));
  return words.length > 0 && coverage(words, [...said, ...notionsOf(said)]) === 0;
}

function listLines(content: string): string[] | null {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  const prices = lines.filter(isPriceLine).length;
  return lines.length >= LEAST_LINES_OF_A_LIST && prices / lines.length >= LEAST_SHARE_OF_PRICES ? lines : null;
}

/** In the order of the list. Null: one of the questions chooses none. */
function linesFor(lines: readonly string[], title: string, questions: readonly (readonly AskedWord[])[]): string[] | null {
  const chosen = questions.map((asked) => chooseLines(lines, title, asked));
  const all = new Set(chosen.flatMap((of) => of ?? []));
  return all.size === 0 || chosen.includes(null) ? null : lines.filter((line) => all.has(line));
}

function chooseLines(lines: readonly string[], title: string, asked: readonly AskedWord[]): string[] | null {
  const texts = lines.map((line) => {
    const words = tokenize(line).filter((word) => !CURRENCY.test(word));
    return [...words, ...notionsOf(words)];
  });
  const titleWords = tokenize(title);
  const said = [...titleWords, ...notionsOf(titleWords)];
  const telling = asked.filter((word) => {
    const having = texts.filter((text) => coverage([word], text) >= LEAST_COVERAGE_OF_LINE).length;
    return having > 0 && having / lines.length <= MOST_SHARE_OF_LINES && coverage([word], said) < LEAST_COVERAGE_OF_LINE;
  });
  if (telling.length === 0) return null;
  const covered = texts.map((text) => coverage(telling, text));
  const best = Math.max(...covered);
  if (best < LEAST_COVERAGE_OF_LINE) return null;
  const chosen = lines.filter((_, at) => (covered[at] as number) >= best * LEAST_SHARE_OF_BEST_LINE);
  return chosen.length <= MOST_LINES ? chosen : null;
}
