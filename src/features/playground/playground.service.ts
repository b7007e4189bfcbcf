import { NotFoundError } from '#core/errors.ts';
import type { HistoryTurn, InlineMedia, ReplyLanguage, Source } from '#core/message.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import { replyLanguage } from '#core/reply-language.ts';
import { monthOf } from '#core/time.ts';
import type { PlaygroundMessage, PlaygroundOf, PlaygroundQueries, PlaygroundState } from './playground.queries.ts';

export interface PlaygroundAnswer {
  text: string;
  mode: 'ai' | 'knowledge' | 'fallback';
  reason: AiFailureReason | 'no_knowledge' | null;
  sources: Source[];
}

/** answering, as the playground uses it. */
interface Composer {
  compose(turn: {
    tenantId: string;
    bot: PlaygroundState['bot'];
    language: ReplyLanguage;
    text: string;
    media: InlineMedia[];
    history: HistoryTurn[];
    aiRefusal: AiFailureReason | null;
  }): Promise<PlaygroundAnswer>;
}

export interface PlaygroundDeps {
  playground: PlaygroundQueries;
  composer: Composer;
  /** Whether an AI is configured; without one nothing is charged. */
  aiConfigured: boolean;
  usage: {
    reserve(tenantId: string, now: Date): Promise<boolean>;
    release(tenantId: string, month: string): Promise<void>;
  };
  /** By the database's clock. */
  now: () => Promise<Date>;
}

export interface PlaygroundPage {
  messages: PlaygroundMessage[];
  knowsAnything: boolean;
  aiConfigured: boolean;
}

/** Talking to a bot before customers do, through the same answering as theirs. */
export function createPlaygroundService({ playground, composer, aiConfigured, usage, now }: PlaygroundDeps) {
  /** As with customers, an answer is reserved before the AI is asked and given back when it is not the AI's. */
  async function charged(
    tenantId: string,
    ask: (aiRefusal: AiFailureReason | null) => Promise<PlaygroundAnswer>,
  ): Promise<PlaygroundAnswer> {
    if (!aiConfigured) return ask('no_key');
    const at = await now();
    if (!(await usage.reserve(tenantId, at))) return ask('quota_reached');
    const release = () => usage.release(tenantId, monthOf(at));
    const answer = await ask(null).catch(async (error: unknown) => {
      await release();
      throw error;
    });
    if (answer.mode !== 'ai') await release();
    return answer;
  }

  return {
    async page(of: PlaygroundOf): Promise<PlaygroundPage> {
      return { messages: await playground.messages(of), knowsAnything: await playground.knowsAnything(of), aiConfigured };
    },

    /**
     * Answers as a customer would be answered, and keeps both.
     * @throws NotFoundError when the bot is not the tenant's.
     */
    async ask(of: PlaygroundOf, text: string, pageLanguage: string): Promise<PlaygroundAnswer & { tookMs: number }> {
      const startedMs = performance.now();
      const state = await playground.state(of);
      if (!state) throw new NotFoundError();
      const { bot, history } = state;
      const language = replyLanguage({ text, known: state.language, chosen: false, platformLanguage: pageLanguage });
      const answer = await charged(of.tenantId, (aiRefusal) =>
        composer.compose({ tenantId: of.tenantId, bot, language, text, media: [], history, aiRefusal }),
      );
      const tookMs = Math.round(performance.now() - startedMs);
      await playground.save(of, { ...answer, text, reply: answer.text, language, tookMs });
      return { ...answer, tookMs };
    },

    reset: (of: PlaygroundOf): Promise<void> => playground.reset(of),
  };
}

export type PlaygroundService = ReturnType<typeof createPlaygroundService>;
