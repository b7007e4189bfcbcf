import { TimeoutStrategy, timeout } from 'cockatiel';
import type { HistoryTurn, InlineMedia } from '#core/message.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { Logger } from '#platform/logger.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { type AiProblems, NO_PROBLEMS } from './ai-problems.ts';
import { abortableSleep, createAsk } from './ask.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import type { MayCall } from './daily-allowance.ts';
import type { GeminiClient } from './gemini.client.ts';
import type { AskResult, CallsSpent } from './gemini-answer.ts';
import { createMinuteLimit } from './minute-limit.ts';
import { createModels } from './models.ts';
import type { ResponseSchema } from './response-schema.ts';

export interface Question {
  systemInstruction: string;
  history: readonly HistoryTurn[];
  text: string;
  media: readonly InlineMedia[];
  /** Without a schema the answer is plain text. */
  schema?: ResponseSchema;
  secondModelFirst?: boolean;
  /** Less time than usual, for a second question about the same message. */
  budgetMs?: number;
  botId?: string;
  /** Of a business without a plan; true when it is not known. */
  free?: boolean;
  /** Aborts when the process stops. */
  signal?: AbortSignal;
}

/** `spent` is missing when no model was asked. */
export type AiAnswer = (Extract<AskResult, { ok: true }> | { ok: false; reason: AiFailureReason }) & { spent?: CallsSpent };

// `share` limits one bot's part of `concurrency`, so that a bot whose questions hang does not block the others.
// `botPerMinute` (0: no limit) bounds what strangers can make one bot cost.
const LIMITS = { botPerMinute: 0, budgetMs: 20_000, concurrency: 512, share: 32, circuitThreshold: 5, circuitOpenMs: 15_000 };

/** Failures that only the operator can fix, with the remedy. Logged at most once an hour each. */
const FOR_OPERATOR: Partial<Record<AiFailureReason, string>> = {
  bad_key: 'Google refuses the key of the AI: set GEMINI_API_KEY to a valid one',
  location_refused:
    'Google does not serve the AI in the country of this server: run it elsewhere, or link a billing account to the key',
  billing_required: 'Google wants payment for the AI: link a billing account to the project of GEMINI_API_KEY',
  credits_depleted: 'The credits of the AI are used up: top up the project of GEMINI_API_KEY, or raise its spending limit',
  daily_limit: 'The AI key has used up what it may ask today: raise the quota of its project, or wait until tomorrow',
};
const SAY_AGAIN_MS = 60 * 60 * 1000;

export interface AiServiceDeps {
  /** Null without a key: every answer is then `no_key`. */
  client: GeminiClient | null;
  models: { primary: string; fallback: string };
  logger: Pick<Logger, 'warn' | 'error'>;
  limits?: Partial<typeof LIMITS>;
  /** The installation's calls of the day. */
  mayCall?: MayCall;
  /** Shared by all processes. */
  problems?: AiProblems;
  now?: () => number;
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** At most three tries within 20 seconds, also of the second model. Prompts and answers are never logged. */
export function createAiService({
  client,
  logger,
  mayCall = async () => true,
  problems = NO_PROBLEMS,
  now = Date.now,
  random = Math.random,
  sleep = abortableSleep,
  ...deps
}: AiServiceDeps) {
  const limits = { ...LIMITS, ...deps.limits };
  const semaphore = createSemaphore(limits.concurrency, limits.share);
  const models = createModels([deps.models.primary, deps.models.fallback], (model) =>
    logger.error({ model }, 'Gemini no longer serves this model: set GEMINI_MODEL and GEMINI_FALLBACK_MODEL to models it serves'),
  );
  const circuits = new Map<string, Circuit>();
  const circuitOf = (model: string): Circuit => {
    const circuit = circuits.get(model) ?? createCircuit({ threshold: limits.circuitThreshold, openMs: limits.circuitOpenMs });
    circuits.set(model, circuit);
    return circuit;
  };
  const botMay = createMinuteLimit(limits.botPerMinute);
  const ask = client && createAsk({ client, mayCall, models, problems, circuitOf, now, random, sleep });
  const saidAtMs = new Map<AiFailureReason, number>();

  function tellOperator(reason: AiFailureReason): void {
    const words = FOR_OPERATOR[reason];
    if (!words || now() - (saidAtMs.get(reason) ?? -SAY_AGAIN_MS) < SAY_AGAIN_MS) return;
    saidAtMs.set(reason, now());
    logger.error({ reason }, words);
  }

  /** Null when a model would be asked. */
  function refusal(): AiFailureReason | null {
    const refusals = models.available(now()).map((model) => circuitOf(model).refusal());
    return refusals.includes(null) ? null : (refusals[0]?.reason ?? null);
  }

  return {
    configured: client !== null,

    /** Never throws for failures of Google or the network; ends within the time limit. */
    async answer({ signal: caller, botId, budgetMs = limits.budgetMs, ...question }: Question): Promise<AiAnswer> {
      if (ask === null) return { ok: false, reason: 'no_key' };
      if (botId && !botMay(botId, now())) return { ok: false, reason: 'bot_pause' };
      const refused = refusal();
      if (refused) return { ok: false, reason: refused };
      const deadlineMs = now() + budgetMs;
      const budget = timeout(budgetMs, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false });
      const result = await budget.execute(async ({ signal }): Promise<AskResult & { spent?: CallsSpent }> => {
        const release = await semaphore.take(signal, botId);
        if (release === null) return { ok: false, reason: 'overloaded' };
        return ask(question, deadlineMs, signal).finally(release);
      }, caller);
      if (result.ok) return result;
      logger.warn({ reason: result.reason }, 'AI did not answer');
      tellOperator(result.reason);
      return { ok: false, reason: result.reason, ...(result.spent && { spent: result.spent }) };
    },
  };
}

export type AiService = ReturnType<typeof createAiService>;
