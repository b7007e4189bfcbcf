import { claimsIn } from './claims-in-text.ts';
import { foldText } from './search/fold-text.ts';

export interface GivenAnswer {
  text: string;
  /** ai, knowledge or fallback. */
  mode: string | null;
}

/** Answers of an AI are never twice the same. So many of their words in common, and the same facts, are the same answer. */
const COMMON_SHARE = 0.5;

/** Whether two answers tell a customer something else: another number, date, phone or link, no answer at all, or other words. */
export function answersDiffer(before: GivenAnswer, after: GivenAnswer): boolean {
  if ((before.mode === 'fallback') !== (after.mode === 'fallback')) return true;
  const [said, says] = [factsOf(before.text), factsOf(after.text)];
  if (said.size !== says.size || [...said].some((fact) => !says.has(fact))) return true;
  const [one, other] = [wordsOf(before.text), wordsOf(after.text)];
  const common = [...one].filter((word) => other.has(word)).length;
  return common < COMMON_SHARE * Math.min(one.size, other.size);
}

const factsOf = (text: string): Set<string> =>
  new Set(claimsIn(text).claims.map(({ readings: [reading] }) => JSON.stringify(reading)));

const wordsOf = (text: string): Set<string> => new Set(foldText(text).match(/[\p{L}\d]+/gu) ?? []);
