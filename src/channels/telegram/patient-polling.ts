import type { ApiCallFn, Transformer } from 'grammy';
import type { ApiError, ApiResponse, Update } from 'grammy/types';
import { backoffMs, type PollingTimes, pause } from './backoff.ts';
import type { UpdateCursor } from './update-cursor.ts';

export interface PatientPollingOptions {
  cursor: UpdateCursor;
  times: PollingTimes;
  /** Aborted when the poller stops. */
  signal: AbortSignal;
  /** False once the lease may be over: nothing may be asked any more. */
  mayPoll: () => boolean;
  /** Whether so many bots are polled here that the quiet ones ask less often. */
  crowded: () => boolean;
  /** A poll was answered; `waited` is whether it was a long one. */
  onAnswer: (waited: boolean, updates: Update[]) => void;
  /** Telegram could not be reached; `failures` counts them since the last answer. */
  onUnreachable: (failures: number, retryInMs: number) => void;
}

/** What ends grammY's loop when we want it to end: it goes on after every error but 401 and 409. */
const ENDED: ApiError = { ok: false, error_code: 409, description: 'stopped' };

/**
 * Takes grammY's getUpdates calls over, so that built-in polling keeps our promises: the offset is the cursor's, a fault is
 * waited out here with backoff (grammY would wait three seconds each time, for ever), 429 is waited out as told. The first
 * poll, and each after a fault, asks without waiting: it shows quickly whether things work. 401 and 409 pass through and
 * end the run. grammY's own deleteWebhook at start is answered here, so that nobody's webhook is removed unasked.
 */
export function patientPolling(options: PatientPollingOptions): Transformer {
  const poll = createPoll(options);
  return (async (prev: ApiCallFn, method: string, payload: object, signal: AbortSignal | undefined) => {
    if (method === 'deleteWebhook') return { ok: true, result: true };
    return method === 'getUpdates' ? poll(prev, payload) : prev(method as 'getMe', payload as never, signal as never);
  }) as unknown as Transformer;
}

function createPoll({ cursor, times, signal, mayPoll, crowded, onAnswer, onUnreachable }: PatientPollingOptions) {
  let failures = 0;
  let quick = true;
  let heardAtMs = performance.now();

  function pollMs(): number {
    if (quick) return 0;
    const quiet = crowded() && performance.now() - heardAtMs > times.quietAfterMs;
    return quiet ? times.quietPollMs : times.pollMs;
  }

  /** Null when there was no answer in the Bot API's form. */
  async function ask(prev: ApiCallFn, payload: object): Promise<ApiResponse<Update[]> | null> {
    const offset = cursor.offset(Date.now());
    const timeoutMs = pollMs();
    const limit = within(timeoutMs + times.graceMs, signal);
    const asked = { ...payload, offset, timeout: timeoutMs / 1_000 };
    const answer = await prev('getUpdates', asked as never, limit.signal as never).catch(() => null);
    limit.end();
    // A poll that we ended ourselves had reached the server.
    if (answer?.ok || signal.aborted) cursor.confirmedBy(offset);
    return answer;
  }

  /** How long to wait before the next try. */
  function afterFailure(answer: ApiError | null): number {
    failures += 1;
    quick = true;
    heardAtMs = performance.now();
    cursor.restart();
    if (answer?.error_code === 429) return (answer.parameters?.retry_after ?? 1) * 1_000;
    const waitMs = backoffMs(failures, times, Math.random());
    onUnreachable(failures, waitMs);
    return waitMs;
  }

  return async (prev: ApiCallFn, payload: object): Promise<ApiResponse<Update[]>> => {
    while (!signal.aborted && mayPoll()) {
      const answer = await ask(prev, payload);
      if (signal.aborted) break;
      if (answer?.ok) {
        onAnswer(!quick, answer.result);
        if (answer.result.length > 0) heardAtMs = performance.now();
        failures = 0;
        quick = false;
        return answer;
      }
      if (answer && FINAL_CODES.has(answer.error_code)) return { ...answer, error_code: answer.error_code === 409 ? 409 : 401 };
      await pause(afterFailure(answer), signal);
    }
    return ENDED;
  };
}

// 404 is what a malformed or deleted token gets.
const FINAL_CODES = new Set([401, 404, 409]);

/** Aborts with `outer`, or when the time is up. AbortSignal.any and .timeout would leave theirs behind at every poll. */
function within(ms: number, outer: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  outer.addEventListener('abort', abort);
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}
