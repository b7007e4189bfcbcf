import type { AnswerStatus } from './answer-outcome.ts';
import { type Claim, claimsIn, type Reading } from './claims-in-text.ts';
import { foldText, withoutAccents } from './search/fold-text.ts';

/** What the answer of a golden question must hold. */
export interface GoldenRule {
  /** Numbers compare by value, words in either script. */
  mustContain: readonly string[];
  mustNotContain: readonly string[];
  /** The bot must say that it does not know, or hand over. */
  mustRefuse: boolean;
}

export interface JudgedAnswer {
  text: string;
  mode: string;
  /** Null without AI. */
  status: AnswerStatus | null;
}

export interface Verdict {
  right: boolean;
  /** The given words themselves. */
  missing: string[];
  unwanted: string[];
}

const REFUSALS: ReadonlySet<string | null> = new Set<AnswerStatus>(['unknown', 'wants_person', 'off_topic']);
const UNSURE: ReadonlySet<string | null> = new Set<AnswerStatus>(['partial', 'clarify']);

/** Without words to look for, an answer is right when the bot itself took it for one. */
export function judgeGolden(
  { mustContain, mustNotContain, mustRefuse }: GoldenRule,
  { text, mode, status }: JudgedAnswer,
): Verdict {
  const refused = mode === 'fallback' || REFUSALS.has(status);
  const said = readText(text);
  const unwanted = mustNotContain.filter((words) => holds(said, words));
  if (mustRefuse) return { right: refused && unwanted.length === 0, missing: [], unwanted };
  const missing = mustContain.filter((words) => !holds(said, words));
  const isAnswer = mustContain.length > 0 || !(refused || UNSURE.has(status));
  return { right: isAnswer && missing.length === 0 && unwanted.length === 0, missing, unwanted };
}

interface ReadText {
  folded: string;
  claims: Claim[];
}

const readText = (text: string): ReadText => ({ folded: wordsOf(text), claims: claimsIn(text).claims });

/** Words and numbers with single spaces between them. */
const wordsOf = (text: string): string =>
  withoutAccents(foldText(text))
    .replace(/(?<=\d)[\s.,](?=\d{3}(?!\d))/g, '')
    .replace(/[^\p{L}\d%+@]+/gu, ' ')
    .trim();

/** The words as they stand, or each of them and the value of each number. */
function holds(said: ReadText, words: string): boolean {
  const wanted = readText(words);
  if (wanted.folded === '') return true;
  if (includesWords(said.folded, wanted.folded)) return true;
  if (wanted.claims.length === 0) return false;
  const unread = wanted.claims.reduce((rest, { text }) => rest.replace(wordsOf(text), ' '), wanted.folded);
  return (
    wanted.claims.every((claim) => said.claims.some((other) => sameValue(claim, other))) &&
    unread
      .split(' ')
      .filter((word) => word !== '' && !CURRENCY.test(word))
      .every((word) => includesWords(said.folded, word))
  );
}

const CURRENCY = /^(?:som|sum|uzs)$/;

/** A suffix may follow, as Uzbek and Russian have it. A number ends where its digits do. */
function includesWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + words.length] ?? ' '];
    const startsHere = !/[\p{L}\d]/u.test(before);
    const endsHere = !/\d$/.test(words) || !/\d/.test(after);
    if (startsHere && endsHere) return true;
  }
  return false;
}

const sameValue = (a: Claim, b: Claim): boolean => a.readings.some((one) => b.readings.some((other) => sameReading(one, other)));

function sameReading(a: Reading, b: Reading): boolean {
  if ('number' in a && 'number' in b) return a.number === b.number;
  if ('percent' in a && 'percent' in b) return a.percent === b.percent;
  if ('phone' in a && 'phone' in b) return a.phone === b.phone;
  if ('minutes' in a && 'minutes' in b) return a.minutes === b.minutes;
  if ('date' in a && 'date' in b) return a.date.day === b.date.day && a.date.month === b.date.month;
  return 'link' in a && 'link' in b && a.link === b.link;
}
