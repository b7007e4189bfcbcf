import { entryChoice, OTHER_CHOICE } from '#core/choices.ts';
import { declinesOffer } from '#core/decline-offer.ts';
import { inScriptOf } from '#core/in-script.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import { asksOrderStatus } from '#core/order-status.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import { answerText } from '#core/search/answer-text.ts';
import type { AskedWord } from '#core/search/coverage.ts';
import { listTitles, oneLine, pickedTitle } from '#core/search/offered-titles.ts';
import { splitQuestions } from '#core/search/split-questions.ts';
import { smallTalkOf } from '#core/small-talk.ts';
import type { AnswerSearch, ComposedAnswer, CustomerTurn, EntryTurn } from './answer.ts';
import type { FactsWithoutAi } from './facts-without-ai.ts';
import type { Choice } from './index-questions.ts';
import type { KnowledgeText } from './knowledge-source.ts';
import { createOffers, type Offer } from './offers.ts';
import type { Sentence } from './sentences.ts';

/** One screen of a phone. */
const ANSWER_CHARS = 700;

interface Deps {
  search: AnswerSearch;
  sentence: Sentence;
  facts: FactsWithoutAi;
}

type Sure = Pick<Extract<Choice, { kind: 'sure' }>, 'match'> & { questions: AskedWord[][] };

/** Small talk, the business facts, the entry that answers, a few titles to choose from, or the standard reply, in the customer's script. */
export function createAnswerWithoutAi({ search, sentence, facts }: Deps) {
  const offers = createOffers({ sentence });
  const requestOf = ({ tenantId, bot }: EntryTurn) => ({ tenantId, botId: bot.id, knowledgeVersion: bot.knowledgeVersion });

  async function picked(turn: CustomerTurn, offer: Offer | null): Promise<KnowledgeText | undefined> {
    const title = offer && pickedTitle(offer.text, turn.text);
    return title === null ? undefined : search.titled({ ...requestOf(turn), query: title });
  }

  const choose = (turn: CustomerTurn, query: string, before?: string): Promise<Choice> =>
    search.choose({ ...requestOf(turn), query, before });

  /** Those of one passage together. */
  async function toEachQuestion(turn: CustomerTurn, query: string): Promise<Sure[]> {
    const questions = splitQuestions(query);
    if (questions.length === 1) return [];
    const choices = await Promise.all(questions.map((question) => choose(turn, question)));
    const sure = choices.filter((choice) => choice.kind === 'sure');
    const byPassage = Map.groupBy(sure, ({ match }) => `${match.entry.id}\n${match.passage}`);
    return [...byPassage.values()].flatMap(([first, ...more]) =>
      first ? [{ match: first.match, questions: [first, ...more].map(({ asked }) => asked) }] : [],
    );
  }

  async function fromKnowledge(
    turn: CustomerTurn,
    query: string,
  ): Promise<Pick<ComposedAnswer, 'text' | 'sources' | 'options' | 'choices'> | null> {
    const several = await toEachQuestion(turn, query);
    if (several.flatMap(({ questions }) => questions).length > 1) {
      const texts = new Set(several.map((one) => textOf(one, query, turn.language)));
      const entries = new Map(several.map(({ match: { entry } }) => [entry.id, sourceOf(entry)]));
      return { text: [...texts].join('\n\n'), sources: [...entries.values()] };
    }
    const choice = await choose(turn, query, beforeOf(turn));
    if (choice.kind === 'nothing') return null;
    if (choice.kind === 'sure') {
      const sure = { match: choice.match, questions: [choice.asked] };
      return { text: textOf(sure, query, turn.language), sources: [sourceOf(choice.match.entry)] };
    }
    const options = choice.options.map(({ entry }) => sourceOf(entry));
    const items = options.map(({ id, title }) => ({ id: entryChoice(id), label: oneLine(inScriptOf(turn.language, title)) }));
    const titles = listTitles(items.map(({ label }) => label));
    const other = { id: OTHER_CHOICE, label: sentence(turn.language, 'other_question') };
    const choices = {
      items: [...items, other],
      lead: sentence(turn.language, 'choose'),
      open: sentence(turn.language, 'open_list'),
    };
    return { text: `${sentence(turn.language, 'did_you_mean')}\n${titles}`, sources: [], options, choices };
  }

  async function entry(turn: EntryTurn, id: string): Promise<ComposedAnswer | null> {
    const found = await search.byId({ ...requestOf(turn), id });
    return found ? { text: wholeText(found, turn.language), mode: 'knowledge', reason: null, sources: [sourceOf(found)] } : null;
  }

  /** An entry that is written for who waits for an order; terms of ordering are no answer to that. */
  async function tellsOfOrders(turn: CustomerTurn, query: string): Promise<boolean> {
    const choice = await choose(turn, query);
    if (choice.kind !== 'sure') return false;
    const { entry: found, passage } = choice.match;
    return [found.title, ...passage.split(/[\n.!?]+/)].some(asksOrderStatus);
  }

  async function answer(turn: CustomerTurn, query: string, reason: AiFailureReason): Promise<ComposedAnswer> {
    const say = (text: string, why: ComposedAnswer['reason'] = reason): ComposedAnswer => ({
      text,
      mode: 'fallback',
      reason: why,
      sources: [],
    });
    const offer = offers.last(turn.history);
    if (offer && declinesOffer(turn.text)) return say(sentence(turn.language, 'unknown'), 'no_knowledge');
    const smallTalk = smallTalkOf(turn.text);
    if (smallTalk && turn.media.length === 0) return say(sentence(turn.language, `small_talk.${smallTalk}`));
    const chosen = await picked(turn, offer);
    if (chosen) return { text: wholeText(chosen, turn.language), mode: 'knowledge', reason, sources: [sourceOf(chosen)] };
    if (asksOrderStatus(turn.text) && !(await tellsOfOrders(turn, query)))
      return { ...say(sentence(turn.language, 'human'), 'no_knowledge'), forPerson: true };
    const plain = await facts.plain(turn);
    if (plain !== null) return fromFacts(plain, reason);
    const found = await fromKnowledge(turn, query);
    const likely = found?.options || !found ? await facts.likely(turn) : null;
    if (likely !== null) return fromFacts(likely, reason);
    // Who asks the same again was not helped by the titles.
    if (found?.options && found.text === offer?.text) return say(sentence(turn.language, 'unknown'), 'no_knowledge');
    if (found) return { ...found, mode: found.options ? 'fallback' : 'knowledge', reason };
    if (turn.media.length > 0) return say(sentence(turn.language, 'media_no_ai'));
    if (reason === 'customer_pause' || reason === 'bot_pause') return say(sentence(turn.language, 'pause'));
    return say(sentence(turn.language, 'unknown'), 'no_knowledge');
  }

  return { answer, entry };
}

/** No entry is the source. */
export const fromFacts = (text: string, reason: AiFailureReason | null): ComposedAnswer => ({
  text,
  mode: 'knowledge',
  reason,
  sources: [],
  trace: { facts: true },
});

const sourceOf = ({ id, title }: KnowledgeText) => ({ id, title });

/** What the message refers to, else the customer's previous turn. */
const beforeOf = ({ history, refersTo = [] }: CustomerTurn): string | undefined =>
  refersTo.map(({ text }) => text).join('\n') || history.findLast(({ role }) => role === 'customer')?.text;

function textOf({ match: { entry, passage }, questions }: Sure, query: string, language: ReplyLanguage): string {
  const text = answerText({ ...entry, passage }, query, questions, ANSWER_CHARS);
  return inScriptOf(language, text, `${entry.title}\n${entry.content}`);
}

function wholeText(entry: KnowledgeText, language: ReplyLanguage): string {
  const text = answerText({ ...entry, passage: entry.content }, entry.title, [], ANSWER_CHARS);
  return inScriptOf(language, text, `${entry.title}\n${entry.content}`);
}
