import { setTimeout as sleepFor } from 'node:timers/promises';
import { TimeoutStrategy, timeout } from 'cockatiel';
import { aiMediaType } from '#core/ai-media.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { AiProblems } from './ai-problems.ts';
import type { Circuit, Outcome } from './circuit.ts';
import type { MayCall } from './daily-allowance.ts';
import type { GeminiClient, GenerateRequest } from './gemini.client.ts';
import type { AskResult, CallsSpent } from './gemini-answer.ts';
import type { AiFailure } from './gemini-failure.ts';
import type { Models } from './models.ts';

/** Failures that may end within the time limit. A daily limit does not. */
const TRANSIENT: ReadonlySet<AiFailureReason> = new Set<AiFailureReason>(['overloaded', 'unreachable', 'rate_limited']);
const FOR_ANOTHER_MODEL: ReadonlySet<AiFailureReason> = new Set<AiFailureReason>([
  'overloaded',
  'timeout',
  'empty',
  'model_retired',
]);
const MAX_TRIES = 3;
const FIRST_DELAY_MS = 400;
/** A retry needs at least this much time after the wait. */
const LEAST_TRY_MS = 1_000;
/** The share of the time limit that is left for the next model. */
const SHARE_FOR_NEXT_MODEL = 0.4;
/** A deadline is missed by this much only when the whole process was suspended. */
const FROZEN_MS = 5_000;

export interface AskDeps {
  client: GeminiClient;
  mayCall: MayCall;
  models: Models;
  problems: AiProblems;
  circuitOf: (model: string) => Circuit;
  now: () => number;
  random: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

type Question = Omit<GenerateRequest, 'model' | 'signal'> & { free?: boolean };
interface State {
  tries: number;
  spent: CallsSpent;
  deadlineMs: number;
  signal: AbortSignal;
}

export type Asked = Question & {
  secondModelFirst?: boolean;
};

/** At most three tries. A model that is overloaded, retired, too slow or silent is followed by the next one at once. */
export function createAsk({ client, mayCall, models, problems, circuitOf, now, random, sleep }: AskDeps) {
  async function tryModel(model: string, { free = true, ...question }: Question, limitMs: number, caller: AbortSignal) {
    const paused = await problems.refusal(model);
    if (paused) return { result: { ok: false, reason: paused } as AiFailure, asked: false };
    if (!(await mayCall(free))) return { result: { ok: false, reason: 'installation_limit' } as AiFailure, asked: false };
    const limit = timeout(limitMs, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false });
    const lateMs = now() + limitMs + FROZEN_MS;
    let asked = false;
    const result = await circuitOf(model)(() => {
      asked = true;
      return limit.execute(async ({ signal }): Promise<Outcome> => {
        const answer = await client.generate({ ...question, model, signal });
        // An abort by the caller or a suspended process says nothing about the model.
        return answer.ok ? { ...answer, model } : { ...answer, unheard: caller.aborted || now() > lateMs };
      }, caller);
    });
    if (!asked) return { result, asked };
    if (result.ok) problems.answered(model);
    else problems.note(model, result.reason);
    if (!result.ok && result.reason === 'model_retired') models.retire(model, now());
    return { result, asked };
  }

  async function askEach(order: readonly string[], question: Question, state: State): Promise<AskResult> {
    let failure: AiFailure = { ok: false, reason: order.length === 0 ? 'model_retired' : 'timeout' };
    for (const [at, model] of order.entries()) {
      const leftMs = state.deadlineMs - now();
      if (state.signal.aborted || leftMs <= 0 || state.tries === MAX_TRIES) return failure;
      const limitMs = at === order.length - 1 ? leftMs : leftMs * (1 - SHARE_FOR_NEXT_MODEL);
      const { result, asked } = await tryModel(model, question, Math.max(1, Math.round(limitMs)), state.signal);
      if (asked) {
        state.tries += 1;
        note(state.spent, model, result);
      }
      if (result.ok) return result;
      const { ok, reason, retryAfterMs } = result;
      if (reason === 'files_refused' && question.media.length > 0 && question.text !== '') {
        const answer = await askEach(order.slice(at), withFiles(question, []), state);
        return answer.ok ? { ...answer, filesRefused: true } : answer;
      }
      if (reason !== 'model_retired' || at === 0) failure = { ok, reason, ...(retryAfterMs && { retryAfterMs }) };
      if (!FOR_ANOTHER_MODEL.has(reason)) return failure;
    }
    return failure;
  }

  async function askAgain({ secondModelFirst, ...question }: Asked, state: State): Promise<AskResult> {
    const { deadlineMs, signal } = state;
    for (let round = 1; ; round += 1) {
      const names = models.available(now());
      const triesBefore = state.tries;
      const result = await askEach(secondModelFirst ? names.toReversed() : names, question, state);
      if (result.ok || !TRANSIENT.has(result.reason) || state.tries === triesBefore || state.tries >= MAX_TRIES) return result;
      const leastMs = result.retryAfterMs ?? FIRST_DELAY_MS * 2 ** (round - 1);
      const delayMs = leastMs + Math.round(random() * FIRST_DELAY_MS * round);
      if (delayMs + LEAST_TRY_MS > deadlineMs - now()) return result;
      await sleep(delayMs, signal);
      if (signal.aborted) return { ok: false, reason: 'timeout' };
    }
  }

  return async (given: Asked, deadlineMs: number, signal: AbortSignal): Promise<AskResult & { spent?: CallsSpent }> => {
    const media = given.media.filter(({ mimeType }) => aiMediaType(mimeType) !== null);
    const isAll = media.length === given.media.length;
    if (!isAll && media.length === 0 && given.text === '') return { ok: false, reason: 'files_refused' };
    const asked = isAll ? given : withFiles(given, media);
    const spent: CallsSpent = { calls: 0, promptTokens: 0, answerTokens: 0, model: '' };
    const result = await askAgain(asked, { tries: 0, spent, deadlineMs, signal });
    const refused = result.ok && !isAll && { filesRefused: true };
    return { ...result, ...refused, ...(spent.calls > 0 && { spent }) };
  };
}

const WITHOUT_FILES = 'The customer also sent a file that could not be opened. Answer without it; do not guess what it holds.';

const withFiles = <Of extends Question>(question: Of, media: Question['media']): Of => ({
  ...question,
  media,
  systemInstruction: `${question.systemInstruction}\n${WITHOUT_FILES}`,
});

function note(spent: CallsSpent, model: string, { usage }: Pick<AskResult, 'usage'>): void {
  spent.model = model;
  spent.calls += 1;
  spent.promptTokens += usage?.promptTokens ?? 0;
  spent.answerTokens += usage?.answerTokens ?? 0;
}

export const abortableSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  sleepFor(ms, undefined, { signal }).catch(() => {});
