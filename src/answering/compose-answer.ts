import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, InlineMedia, Source } from '#core/message.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import { bestPassage } from '#core/search/best-passage.ts';
import { informativeWords } from '#core/search/stop-words.ts';
import { tokenize } from '#core/search/tokenize.ts';
import { smallTalkOf } from '#core/small-talk.ts';
import { buildPrompt, MEDIA_INSTRUCTION, PROMPT_LIMITS } from './build-prompt.ts';
import type { Sentence } from './sentences.ts';

export interface CustomerTurn {
  tenantId: string;
  bot: { id: string; name: string; systemPrompt: string; knowledgeVersion: number };
  language: ReplyLanguage;
  text: string;
  media: InlineMedia[];
  history: HistoryTurn[];
  /** Why the AI must not be asked; null = ask it. */
  aiRefusal: AiFailureReason | null;
}

export interface ComposedAnswer {
  text: string;
  mode: 'ai' | 'knowledge' | 'fallback';
  /** Why it is not the AI's. `no_knowledge`: nothing fits, a person is needed. Small talk and requests to write in words
   * are fallbacks too, with the AI's reason: they need nobody. */
  reason: AiFailureReason | 'no_knowledge' | null;
  /** The entries it rests on. */
  sources: Source[];
}

export interface Hit extends Source {
  content: string;
  score: number;
}

interface Query {
  tenantId: string;
  botId: string;
  knowledgeVersion: number;
  query: string;
  limit?: number;
}

/** features/knowledge, as answering uses it. */
export interface AnswerSearch {
  search(query: Query): Promise<Hit[]>;
}

/** ai/ai.service, as answering uses it. */
export interface AnswerAi {
  answer(question: {
    systemInstruction: string;
    history: HistoryTurn[];
    text: string;
    media: InlineMedia[];
    botId: string;
  }): Promise<{ ok: true; text: string } | { ok: false; reason: AiFailureReason }>;
}

const ENTRIES_IN_PROMPT = 4;
/** What fits on a phone's screen: the most of an entry that is sent as an answer. */
const PASSAGE_CHARS = 700;
const MAX_SOURCES = 3;
/** An entry this much worse than the best was given to the AI just in case. */
const SOURCE_SHARE_OF_BEST = 0.5;
const MAX_DESCRIPTION_CHARS = 500;
const LEAST_SHARED_WORDS = 2;

/**
 * Answers a turn: by the AI from the knowledge that fits, else by the best entry itself, else by the standard reply. One
 * search, one prompt, whichever channel asks.
 */
export function createAnswerComposer({ search, ai, sentence }: { search: AnswerSearch; ai: AnswerAi; sentence: Sentence }) {
  const find = ({ tenantId, bot }: CustomerTurn, query: string): Promise<Hit[]> =>
    search.search({ tenantId, botId: bot.id, knowledgeVersion: bot.knowledgeVersion, query, limit: ENTRIES_IN_PROMPT });

  /** "And how much is it?" fits nothing by itself: then with what the customer said before. */
  async function findForAi(turn: CustomerTurn, query: string, hits: Hit[]): Promise<Hit[]> {
    const before = turn.history.findLast(({ role }) => role === 'customer')?.text;
    return hits.length > 0 || !before || smallTalkOf(turn.text) ? hits : find(turn, `${before}\n${query}`);
  }

  async function compose(turn: CustomerTurn): Promise<ComposedAnswer> {
    let query = turn.text;
    let hits = await find(turn, query);
    if (turn.aiRefusal) return withoutAi(turn, query, hits, turn.aiRefusal);

    if (turn.media.length > 0 && hits.length === 0) {
      const described = await ai.answer({
        systemInstruction: MEDIA_INSTRUCTION,
        history: [],
        text: turn.text,
        media: turn.media,
        botId: turn.bot.id,
      });
      if (!described.ok) return withoutAi(turn, query, hits, described.reason);
      query = `${turn.text}\n${described.text.slice(0, MAX_DESCRIPTION_CHARS)}`.trim();
      hits = await find(turn, query);
    }
    const given = await findForAi(turn, query, hits);
    const answer = await ai.answer({ ...promptOf(turn, query, given), media: turn.media, botId: turn.bot.id });
    if (!answer.ok) return withoutAi(turn, query, hits, answer.reason);
    const used = hits.length > 0 ? given : given.filter((hit) => sharesWords(answer.text, hit));
    return { text: answer.text, mode: 'ai', reason: null, sources: sourcesOf(used) };
  }

  function withoutAi(turn: CustomerTurn, query: string, [best]: Hit[], reason: AiFailureReason): ComposedAnswer {
    const say = (text: string, why: ComposedAnswer['reason'] = reason): ComposedAnswer => ({
      text,
      mode: 'fallback',
      reason: why,
      sources: [],
    });
    const smallTalk = smallTalkOf(turn.text);
    if (smallTalk && turn.media.length === 0) return say(sentence(turn.language, `small_talk.${smallTalk}`));
    if (best) return { text: bestPassage(best, query, PASSAGE_CHARS), mode: 'knowledge', reason, sources: sourcesOf([best]) };
    if (turn.media.length > 0) return say(sentence(turn.language, 'media_no_ai'));
    if (reason === 'customer_pause' || reason === 'bot_pause') return say(sentence(turn.language, 'pause'));
    return say(sentence(turn.language, 'fallback'), 'no_knowledge');
  }

  return { compose };
}

export type AnswerComposer = ReturnType<typeof createAnswerComposer>;

function promptOf({ bot, language, text, history }: CustomerTurn, query: string, hits: Hit[]) {
  const entries = hits.map((hit) => ({ title: hit.title, content: bestPassage(hit, query, PROMPT_LIMITS.entry) }));
  return buildPrompt({ botName: bot.name, ownerPrompt: bot.systemPrompt, language, entries, history, text });
}

function sourcesOf(hits: Hit[]): Source[] {
  const least = (hits[0]?.score ?? 0) * SOURCE_SHARE_OF_BEST;
  return hits
    .filter(({ score }) => score >= least)
    .slice(0, MAX_SOURCES)
    .map(({ id, title }) => ({ id, title }));
}

/** What was found by earlier words may have nothing to do with this answer. */
function sharesWords(answer: string, { title, content }: Hit): boolean {
  const known = new Set(tokenize(`${title} ${content}`));
  return informativeWords(tokenize(answer)).filter((word) => known.has(word)).length >= LEAST_SHARED_WORDS;
}
