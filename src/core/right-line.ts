import { claimsIn } from './claims-in-text.ts';
import { MONEY } from './same-question-words.ts';
import { informativeWords } from './search/stop-words.ts';
import { tokenize } from './search/tokenize.ts';

/** A longer text says more than one thing, so it is not replaced whole. */
const MAX_WHOLE_CHARS = 300;

/**
 * The entry with the line that was wrong replaced by what is right. It is the line with the price, time or number of the wrong
 * answer, about what the right one is about. Null: it is not clear which line that is.
 */
export function withRightLine(content: string, { wrong, right }: { wrong: string; right: string }): string | null {
  if (content.includes(right)) return content;
  const lines = content.split('\n');
  const filled = lines.flatMap((line, at) => (line.trim() === '' ? [] : [at]));
  if (filled.length === 1 && content.length <= MAX_WHOLE_CHARS) return right;
  const said = claimKeys(wrong);
  const about = new Set(wordsOf(right));
  const scored = filled
    .filter((at) => claimKeys(lines[at] as string).some((key) => said.includes(key)))
    .map((at) => ({ at, shared: wordsOf(lines[at] as string).filter((word) => about.has(word)).length }))
    .toSorted((a, b) => b.shared - a.shared);
  const [best, next] = scored;
  if (!best || best.shared === 0 || best.shared === next?.shared || claimKeys(right).length === 0) return null;
  return lines.with(best.at, right).join('\n');
}

const claimKeys = (text: string): string[] =>
  claimsIn(text).claims.flatMap(({ readings }) => readings.map((one) => JSON.stringify(one)));

const wordsOf = (text: string): string[] =>
  informativeWords(tokenize(text)).filter((word) => !/\d/.test(word) && !MONEY.test(word));
