import { smallTalkOf } from './small-talk.ts';

const MAX_CHARS = 200;
const CLAUSE = /^[^,.!?\n]{1,40}[,.!?\n]+/u;
const WORD = /^\s*[\p{L}'ʻʼ‘’]+/u;
const AFTER_A_GREETING = /^(?:alay|aley?|алай|алей?)(?:kum|kim|кум|ким)$/iu;

/** The question as an entry's title: on one line and without a greeting. '' for a file without words. */
export function questionTitle(question: string): string {
  const asked = withoutGreeting(question.trim()).replace(/\s+/gu, ' ').trim();
  return (asked.charAt(0).toUpperCase() + asked.slice(1)).slice(0, MAX_CHARS).toWellFormed();
}

function withoutGreeting(text: string): string {
  const clause = CLAUSE.exec(text)?.[0];
  if (clause && smallTalkOf(clause) === 'hello') return withoutGreeting(text.slice(clause.length).trim()) || text;
  let rest = text;
  for (let word = WORD.exec(rest)?.[0].trim(); word && isGreeting(word, rest !== text); word = WORD.exec(rest)?.[0].trim()) {
    rest = rest.replace(WORD, '');
  }
  return rest.trim() || text;
}

const isGreeting = (word: string, later: boolean): boolean =>
  smallTalkOf(word) === 'hello' || (later && AFTER_A_GREETING.test(word));
