import { aiMediaType } from '#core/ai-media.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { GivenKnowledge } from '#core/search/choose-knowledge.ts';
import { type SmallTalk, smallTalkAfter, smallTalkOf } from '#core/small-talk.ts';
import type { AnswerSearch, AnswerTrace, ComposedAnswer, CustomerTurn, FactsOf } from './answer.ts';
import { createAnswerWithoutAi, fromFacts } from './answer-without-ai.ts';
import { createAskAi } from './ask-ai.ts';
import { MEDIA_INSTRUCTION } from './build-prompt.ts';
import type { AnswerAi } from './draft-answer.ts';
import { createFactsWithoutAi } from './facts-without-ai.ts';
import { meterTurn } from './meter-turn.ts';
import type { Sentence } from './sentences.ts';

const MAX_DESCRIPTION_CHARS = 500;

export interface ComposerDeps {
  search: AnswerSearch;
  ai: AnswerAi;
  sentence: Sentence;
  facts?: FactsOf;
  now?: () => Date;
}

/** The AI answers from the knowledge, else the best entry, else the standard reply. The same on every channel. */
export function createAnswerComposer({
  search,
  ai,
  sentence,
  facts: factsOf = async () => null,
  now = () => new Date(),
}: ComposerDeps) {
  const factAnswers = createFactsWithoutAi({ facts: factsOf, sentence, now });
  const withoutAi = createAnswerWithoutAi({ search, sentence, facts: factAnswers });

  /** "And how much is it?" fits nothing alone, so the previous message and the reference are searched too. */
  function knowledgeFor({ tenantId, bot, text, history, refersTo = [] }: CustomerTurn, seen: string): Promise<GivenKnowledge> {
    const before = smallTalkOf(text) ? undefined : history.findLast(({ role }) => role === 'customer')?.text;
    const query = [text, seen, ...refersTo.map((reference) => reference.text), before].filter(Boolean).join('\n');
    return search.forPrompt({ tenantId, botId: bot.id, knowledgeVersion: bot.knowledgeVersion, query });
  }

  async function describe(
    ai: AnswerAi,
    { text, media, bot }: CustomerTurn,
  ): Promise<{ seen: string } | { reason: AiFailureReason }> {
    const described = await ai.answer({ systemInstruction: MEDIA_INSTRUCTION, history: [], text, media, botId: bot.id });
    return described.ok ? { seen: described.text.slice(0, MAX_DESCRIPTION_CHARS) } : { reason: described.reason };
  }

  async function compose(turn: CustomerTurn): Promise<ComposedAnswer> {
    const metered = meterTurn(ai, { free: turn.free ?? true, now: now() });
    const seen = { text: turn.mediaText ?? '' };
    const answer = await composeWith(metered.ai, turn, seen);
    return { ...answer, ...metered.taken, ...(seen.text !== (turn.mediaText ?? '') && { mediaText: seen.text }) };
  }

  /** `seen`: what is in the files, described at most once. */
  async function composeWith(ai: AnswerAi, turn: CustomerTurn, seen: { text: string }): Promise<ComposedAnswer> {
    if (turn.aiRefusal) return withoutAi.answer(turn, turn.text, turn.aiRefusal);
    const smallTalk = freeSmallTalk(turn);
    if (smallTalk)
      return { text: sentence(turn.language, `small_talk.${smallTalk}`), mode: 'fallback', reason: null, sources: [] };

    const fact = turn.media.length === 0 ? await factAnswers.plain(turn) : null;
    if (fact !== null) return fromFacts(fact, null);

    const facts = await factsOf(turn);
    let knowledge = await knowledgeFor(turn, seen.text);
    const mayDescribe = turn.text === '' || turn.media.some(({ mimeType }) => aiMediaType(mimeType) !== null);
    if (turn.media.length > 0 && mayDescribe && !knowledge.isAll && seen.text === '') {
      const described = await describe(ai, turn);
      if ('reason' in described) return withoutAi.answer(turn, turn.text, described.reason);
      seen.text = described.seen;
      knowledge = await knowledgeFor(turn, seen.text);
    }
    const inWords = async (): Promise<string> => {
      const described = seen.text === '' && mayDescribe ? await describe(ai, turn) : { seen: seen.text };
      if ('seen' in described) seen.text = described.seen;
      return seen.text;
    };
    const reply = await createAskAi({ ai })({ turn, knowledge, facts, now: now(), describe: inWords });
    if (!reply.ok) return withoutAi.answer(turn, `${turn.text}\n${seen.text}`.trim(), reply.reason);
    const { text, outcome, sources, passages, guard } = reply;
    const trace: AnswerTrace = {
      language: turn.language,
      given: knowledge.entries.map(({ id, title }) => ({ id, title })),
      isAll: knowledge.isAll,
      facts: facts !== null,
      guard,
    };
    const ofOurs = { mode: 'ai', reason: 'no_knowledge', outcome, trace } as const;
    switch (outcome.status) {
      case 'unknown':
        return { ...ofOurs, sources: [], text: sentence(turn.language, 'unknown') };
      case 'wants_person':
        return { ...ofOurs, sources: [], text: sentence(turn.language, 'human') };
      default:
        return { text, mode: 'ai', reason: null, sources, outcome, trace: { ...trace, ...(sources.length > 0 && { passages }) } };
    }
  }

  return { compose, entry: withoutAi.entry };
}

/** Greetings, thanks and the like cost nothing. With a picture or a quote they are about something. */
function freeSmallTalk({ text, media, history, refersTo = [] }: CustomerTurn): SmallTalk | null {
  if (media.length > 0 || refersTo.length > 0) return null;
  return smallTalkAfter(history.findLast(({ role }) => role === 'bot')?.text, text);
}

export type AnswerComposer = ReturnType<typeof createAnswerComposer>;
