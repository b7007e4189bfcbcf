import { TimeoutStrategy, timeout } from 'cockatiel';
import type { HistoryTurn, InlineMedia } from '#core/message.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { Logger } from '#platform/logger.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { type AskResult, abortableSleep, createAsk } from './ask.ts';
import { createCircuit, type Outcome } from './circuit.ts';
import type { GeminiClient } from './gemini.client.ts';
import { createMinuteLimit } from './minute-limit.ts';
import { createModels } from './models.ts';

/** What the AI is asked. Built by core/build-prompt. */
export interface Question {
  systemInstruction: string;
  history: readonly HistoryTurn[];
  text: string;
  media: readonly InlineMedia[];
  /** Whose question it is: bots share the AI fairly. */
  botId?: string;
  /** Gives up early: the process stops. */
  signal?: AbortSignal;
}

export type AiAnswer = Extract<AskResult, { ok: true }> | { ok: false; reason: AiFailureReason };

// `share`: what one bot may hold of `concurrency`, so that one whose questions hang leaves room for the others. `botPerMinute`
// (0: any number) bounds what strangers can make one bot cost, however many of them there are.
const LIMITS = { botPerMinute: 0, budgetMs: 20_000, concurrency: 512, share: 32, circuitThreshold: 5, circuitOpenMs: 15_000 };

/** A budget ends so much late only where the whole process stood still. */
const FROZEN_MS = 5_000;

export interface AiServiceDeps {
  /** Null without a key: every answer is then `no_key`. */
  client: GeminiClient | null;
  models: { primary: string; fallback: string };
  logger: Pick<Logger, 'warn' | 'error'>;
  limits?: Partial<typeof LIMITS>;
  now?: () => number;
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Asks Gemini within 20 seconds, whatever happens: at most three tries with jitter where another may help, the second
 * model when the first is retired, no call at all while the service is known to be down. Nothing of a prompt or an answer
 * is logged.
 */
export function createAiService({
  client,
  logger,
  now = Date.now,
  random = Math.random,
  sleep = abortableSleep,
  ...deps
}: AiServiceDeps) {
  const limits = { ...LIMITS, ...deps.limits };
  const circuit = createCircuit({ threshold: limits.circuitThreshold, openMs: limits.circuitOpenMs });
  const semaphore = createSemaphore(limits.concurrency, limits.share);
  const models = createModels([deps.models.primary, deps.models.fallback], (model) =>
    logger.error({ model }, 'Gemini no longer serves this model: set GEMINI_MODEL and GEMINI_FALLBACK_MODEL to models it serves'),
  );
  const botMay = createMinuteLimit(limits.botPerMinute);
  const ask = client && createAsk({ client, models, now, random, sleep });
  const budget = timeout(limits.budgetMs, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false });

  return {
    /** Whether there is a key at all. */
    configured: client !== null,

    /** Never throws for what Google or the network does; ends within the budget. */
    async answer({ signal: caller, botId, ...question }: Question): Promise<AiAnswer> {
      if (ask === null) return { ok: false, reason: 'no_key' };
      if (botId && !botMay(botId, now())) return { ok: false, reason: 'bot_pause' };
      const deadlineMs = now() + limits.budgetMs;
      const outcome = await circuit(() =>
        budget.execute(async ({ signal }): Promise<Outcome> => {
          const release = await semaphore.take(signal, botId);
          if (release === null) return { ok: false, reason: 'overloaded', unheard: true };
          const result = await ask({ ...question, signal }, deadlineMs).finally(release);
          if (result.ok) return result;
          logger.warn({ reason: result.reason }, 'AI did not answer');
          // The caller gave up, or this process was frozen for so long that it is the one that was late.
          return { ...result, unheard: caller?.aborted || now() > deadlineMs + FROZEN_MS };
        }, caller),
      );
      return outcome.ok ? outcome : { ok: false, reason: outcome.reason };
    },
  };
}

export type AiService = ReturnType<typeof createAiService>;
