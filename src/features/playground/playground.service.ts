import { type ComposedAnswer, type Composer, type CustomerTurn, type StoredTrace, storedTrace } from '#answering/answer.ts';
import type { Sentence } from '#answering/sentences.ts';
import { outcomeColumns } from '#core/answer-outcome.ts';
import { handoverOf } from '#core/decide-reply.ts';
import { NotFoundError } from '#core/errors.ts';
import type { HistoryTurn, ReplyLanguage } from '#core/message.ts';
import { chooseReplyLanguage, replyLanguage } from '#core/reply-language.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { PlaygroundMessage, PlaygroundOf, PlaygroundQueries, Sample, SavedAnswer } from './playground.queries.ts';

export interface PlaygroundDeps {
  playground: PlaygroundQueries;
  composer: Composer;
  sentence: Sentence;
  /** Without an AI nothing is charged. */
  aiConfigured: boolean;
  usage: Pick<UsageService, 'answerFor'>;
}

export interface Question {
  tenantId: string;
  botId: string;
  question: string;
  history: HistoryTurn[];
  language: ReplyLanguage | null;
}

export interface GivenAnswer extends ComposedAnswer {
  aiTrace: StoredTrace;
  tookMs: number;
  saved: SavedAnswer | null;
}

export interface PlaygroundPage {
  messages: PlaygroundMessage[];
  /** [] when the bot knows nothing. */
  samples: Sample[];
  aiConfigured: boolean;
}

export function createPlaygroundService({ playground, composer, sentence, aiConfigured, usage }: PlaygroundDeps) {
  const charged = (turn: Omit<CustomerTurn, 'aiRefusal' | 'free'>): Promise<ComposedAnswer> =>
    aiConfigured
      ? usage.answerFor(turn.tenantId, (aiRefusal, free) => composer.compose({ ...turn, aiRefusal, free }))
      : composer.compose({ ...turn, aiRefusal: 'no_key' });

  return {
    /** What a customer who writes this now would get. Stored nowhere. @throws NotFoundError */
    async answerNow({ tenantId, botId, ...asked }: Question): Promise<ComposedAnswer> {
      const found = await playground.bot({ tenantId, botId });
      if (!found) throw new NotFoundError();
      const { question: text, history } = asked;
      const language = asked.language ?? replyLanguage({ text, known: null, chosen: false, platformLanguage: null });
      const turn = { tenantId, ...found, language, text, media: [], history };
      return charged(turn);
    },

    async page(of: PlaygroundOf): Promise<PlaygroundPage> {
      return { messages: await playground.messages(of), samples: await playground.samples(of), aiConfigured };
    },

    /** Answers like a customer's question and stores both. @throws NotFoundError when the bot is not the tenant's. */
    async ask(of: PlaygroundOf, text: string, pageLanguage: string): Promise<GivenAnswer> {
      const startedMs = performance.now();
      const state = await playground.state(of);
      if (!state) throw new NotFoundError();
      const { bot, timeZone, history } = state;
      const spoken = chooseReplyLanguage({ text, known: state.language, chosen: false, platformLanguage: pageLanguage });
      const { language } = spoken;
      const handover = handoverOf(text);
      const answer = handover
        ? handedOver(sentence(language, handover))
        : await charged({ tenantId: of.tenantId, bot, language, text, media: [], history, timeZone });
      const tookMs = Math.round(performance.now() - startedMs);
      const aiTrace = storedTrace(answer.trace, spoken);
      const saved = await playground.save(of, {
        ...answer,
        ...outcomeColumns(answer.outcome),
        aiTrace,
        text,
        reply: answer.text,
        language,
        tookMs,
      });
      return { ...answer, aiTrace, tookMs, saved };
    },

    reset: (of: PlaygroundOf): Promise<void> => playground.reset(of),
  };
}

/** A customer would be handed over to the staff. */
const handedOver = (text: string): ComposedAnswer => ({ text, mode: 'fallback', reason: null, sources: [] });

export type PlaygroundService = ReturnType<typeof createPlaygroundService>;
