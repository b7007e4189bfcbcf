import { setTimeout as sleepFor } from 'node:timers/promises';
import { handleWhenResult, retry } from 'cockatiel';
import type { AiFailureReason } from '#core/reasons.ts';
import type { GeminiClient, GenerateRequest } from './gemini.client.ts';
import type { AiUsage } from './gemini-answer.ts';
import type { AiFailure } from './gemini-failure.ts';
import type { Models } from './models.ts';

/** Failures that may be gone within the budget. A limit per day is not among them. */
const TRANSIENT: ReadonlySet<AiFailureReason> = new Set<AiFailureReason>(['overloaded', 'unreachable', 'rate_limited']);
const MAX_TRIES = 3;
const FIRST_DELAY_MS = 400;
/** What must be left of the budget after a wait, for another try to be worth it. */
const LEAST_TRY_MS = 1_000;

export interface AskDeps {
  client: GeminiClient;
  models: Models;
  now: () => number;
  random: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type AskResult = { ok: true; text: string; model: string; usage: AiUsage } | AiFailure;

/** Asks until there is an answer, no further try can help, or the time does not allow one. At most three tries. */
export function createAsk({ client, models, now, random, sleep }: AskDeps) {
  async function tryOnce(question: Omit<GenerateRequest, 'model'>): Promise<AskResult> {
    const model = models.current(now());
    if (model === null) return { ok: false, reason: 'model_retired' };
    const result = await client.generate({ ...question, model });
    if (result.ok) return { ...result, model };
    if (result.reason === 'model_retired') models.retire(model, now());
    return result;
  }

  /** How long to wait for the next try; null = none can help. */
  function delayAfter(result: AskResult, tries: number, leftMs: number): number | null {
    if (result.ok) return null;
    if (result.reason === 'model_retired') return models.current(now()) === null ? null : 0;
    if (!TRANSIENT.has(result.reason)) return null;
    const leastMs = result.retryAfterMs ?? FIRST_DELAY_MS * 2 ** (tries - 1);
    const delayMs = leastMs + Math.round(random() * FIRST_DELAY_MS * tries);
    return delayMs + LEAST_TRY_MS <= leftMs ? delayMs : null;
  }

  return (question: Omit<GenerateRequest, 'model'>, deadlineMs: number): Promise<AskResult> => {
    let delayMs: number | null = 0;
    const untilAnswered = retry(
      handleWhenResult(() => delayMs !== null),
      { maxAttempts: MAX_TRIES - 1 },
    );
    return untilAnswered.execute(async ({ attempt, signal }) => {
      // Waited for here: the policy's own pauses do not end when the signal aborts.
      if (delayMs) await sleep(delayMs, signal);
      if (attempt > 0 && signal.aborted) return { ok: false, reason: 'timeout' };
      const result = await tryOnce(question);
      delayMs = delayAfter(result, attempt + 1, deadlineMs - now());
      return result;
    }, question.signal);
  };
}

/** Ends early, without an error, when the signal aborts. */
export const abortableSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  sleepFor(ms, undefined, { signal }).catch(() => {});
