import { type BusinessFacts, METHOD_NAMES } from '#core/business-facts.ts';
import { deliveryLikelyAsked, type FactQuestion, factsAsked } from '#core/fact-question.ts';
import { inScriptOf } from '#core/in-script.ts';
import { DEFAULT_TIME_ZONE } from '#core/now-line.ts';
import type { CustomerTurn, FactsOf } from './answer.ts';
import { type HoursSaying, sayHours } from './say-hours.ts';

interface Deps {
  facts: FactsOf;
  sentence: HoursSaying['sentence'];
  now: () => Date;
}

export type FactsWithoutAi = ReturnType<typeof createFactsWithoutAi>;

/** Null when the message may ask something else, or the fact is not filled in. */
export function createFactsWithoutAi({ facts: factsOf, sentence, now }: Deps) {
  async function say(turn: CustomerTurn, ask: (text: string, before?: string) => FactQuestion[] | null): Promise<string | null> {
    const { language, text, history, refersTo = [], timeZone = DEFAULT_TIME_ZONE } = turn;
    if (refersTo.length > 0) return null;
    const facts = await factsOf(turn);
    const asked = facts && ask(text, history.findLast(({ role }) => role === 'customer')?.text);
    if (!asked) return null;
    const context = ownWords(facts);
    const own = (words: string): string => inScriptOf(language, words, context);
    const said = asked.map((question) => sayFact(question, { facts, now: now(), timeZone, language, sentence, own }));
    // Price and time of delivery are one saying.
    return said.every((part) => part !== null) ? [...new Set(said)].join('\n\n') : null;
  }

  return {
    /** Answers plain questions. */
    plain: (turn: CustomerTurn) => say(turn, factsAsked),
    /** Answers what the facts fit when no entry does. */
    likely: (turn: CustomerTurn) =>
      say(turn, (text, before) => {
        const question = deliveryLikelyAsked(text, before);
        return question && [question];
      }),
  };
}

/** A short line alone does not show its language. */
const ownWords = ({ exceptions, addresses, phones, payment, delivery, other }: BusinessFacts): string =>
  [
    ...exceptions.map(({ note }) => note),
    ...addresses.flatMap(({ text, note }) => [text, note]),
    ...phones.map(({ note }) => note),
    ...[payment.other, delivery.price, delivery.freeFrom, delivery.area, delivery.time, other],
  ].join('\n');

export function sayFact(question: FactQuestion, saying: HoursSaying): string | null {
  switch (question.about) {
    case 'hours':
      return sayHours(question.when, saying);
    case 'address':
      return listOf(saying, 'address', saying.facts.addresses);
    case 'phone':
      return listOf(saying, 'phone', saying.facts.phones);
    case 'payment':
      return sayPayment(saying);
    case 'delivery':
      return sayDelivery(question.asks, saying);
  }
}

function listOf(
  { language, sentence, own }: HoursSaying,
  kind: 'address' | 'phone',
  rows: readonly { text: string; note: string; link?: string }[],
): string | null {
  const lines = rows.map(({ text, note, link }) => {
    const words = kind === 'phone' ? text : own(text);
    return [note ? `${words} (${own(note)})` : words, link].filter(Boolean).join('\n');
  });
  if (lines.length === 0) return null;
  const [only] = lines;
  return lines.length === 1
    ? `${sentence(language, `business.${kind}`)} ${only}`
    : `${sentence(language, `business.${kind}_list`)}\n${lines.join('\n')}`;
}

function sayPayment({ facts: { payment }, language, sentence, own }: HoursSaying): string | null {
  const names = payment.methods.map((method) =>
    method === 'cash' || method === 'transfer' ? sentence(language, `business.method.${method}`) : METHOD_NAMES[method],
  );
  const methods = [...names, own(payment.other)].filter(Boolean).join(', ');
  return methods === '' ? null : sentence(language, 'business.payment', { methods });
}

/** Null when what was asked is not filled in. */
function sayDelivery(asks: 'any' | 'price' | 'time' | 'area', { facts, language, sentence, own }: HoursSaying): string | null {
  const { offered, price, freeFrom, area, time } = facts.delivery;
  if (offered === null) return null;
  if (!offered) return sentence(language, 'business.delivery.no');
  const asked: Record<typeof asks, string> = { any: 'yes', price: price || freeFrom, time, area };
  if (asked[asks] === '') return null;
  const line = (key: 'price' | 'free' | 'area' | 'time', value: string): string =>
    value && sentence(language, `business.delivery.${key}`, { value: own(value) });
  const lines = [line('price', price), line('free', freeFrom), line('area', area), line('time', time)];
  return [sentence(language, 'business.delivery.yes'), ...lines].filter(Boolean).join('\n');
}
