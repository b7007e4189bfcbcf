import { unsupportedClaims } from '#core/answer-guard.ts';
import { type BusinessFacts, factsText } from '#core/business-facts.ts';
import { DEFAULT_TIME_ZONE, nowLine } from '#core/now-line.ts';
import type { GivenEntry, GivenKnowledge } from '#core/search/choose-knowledge.ts';
import type { CustomerTurn } from './answer.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface GuardDeps {
  turn: CustomerTurn;
  knowledge: GivenKnowledge;
  facts: BusinessFacts | null;
  now: Date;
  /** Called only when the guard needs it. */
  describe: () => Promise<string>;
}

/** Cached, because a text that was seen before is found faster. */
const texts = new WeakMap<GivenEntry, string>();

function textOf(entry: GivenEntry): string {
  const text = texts.get(entry) ?? `${entry.title}\n${entry.content}`;
  texts.set(entry, text);
  return text;
}

/** Returns the claims of an answer that are not in the given texts. */
export function createGuard({ turn, knowledge, facts, now, describe }: GuardDeps) {
  const { bot, text, history, media, refersTo = [], timeZone = DEFAULT_TIME_ZONE } = turn;
  const asked = [text, ...history.filter(({ role }) => role === 'customer').map((said) => said.text)].join('\n');
  const givenTexts = [
    ...knowledge.entries.map(textOf),
    ...(facts ? [factsText(facts)] : []),
    bot.systemPrompt,
    bot.name,
    ...refersTo.map((reference) => reference.text),
    nowLine(now, timeZone, facts),
    nowLine(new Date(now.getTime() + DAY_MS), timeZone),
  ];

  return async (answer: string): Promise<string[]> => {
    const claims = unsupportedClaims(answer, { texts: givenTexts, asked });
    if (claims.length === 0 || media.length === 0) return claims;
    return unsupportedClaims(answer, { texts: givenTexts, asked: `${asked}\n${await describe()}` });
  };
}
