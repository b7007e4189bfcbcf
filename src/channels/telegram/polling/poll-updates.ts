import { setTimeout } from 'node:timers/promises';
import { GrammyError } from 'grammy';
import type { Update } from 'grammy/types';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import { ALLOWED_UPDATES, apiFor } from '../telegram.api.ts';
import { abortAfter, backoffMs, floodPauseMs, type PollingTimes, pause } from './timing.ts';
import { createUpdateCursor } from './update-cursor.ts';

export interface PollerOptions {
  token: string;
  apiRoot: string;
  times: PollingTimes;
  mayPoll: () => boolean;
  crowded: () => boolean;
  /** Throws when the updates were not stored. False: another process owns the bot now. */
  accept: (updates: Update[]) => Promise<boolean>;
  onHealth: (health: PollerHealth) => void;
  removeOwnWebhook?: () => Promise<boolean>;
}

/** `retryInMs` null: no further attempt. */
export type PollerHealth = { ok: true } | { ok: false; reason: ConnectionFailureReason; retryInMs: number | null };

export interface Poller {
  /** Never rejects. */
  done: Promise<void>;
  /** `confirm` tells Telegram what was stored. */
  stop(options?: { confirm?: boolean }): Promise<void>;
}

type Answer =
  | { ok: true; updates: Update[]; early: boolean }
  | { ok: false; code: number | null; description: string; retryAfterMs: number };

// One or two failed calls are not reported.
const FAILURES_TO_TELL = 3;
// An empty answer sooner than this share of the time that was asked for: a server that does not wait must not be asked at once.
const EARLY_SHARE = 0.5;
const CONFIRM_TIMEOUT_MS = 2_000;
// The end of the last poll has its own connection and should arrive before the next poller's first call.
const HEAD_START_MS = 50;

/** The offset moves only after a store. The first poll, and each after a failure, does not wait, so the state shows quickly. */
export function startPoller(options: PollerOptions): Poller {
  const { times, onHealth, apiRoot, token } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const api = apiFor({ apiRoot, timeoutMs: Math.max(times.pollMs, times.quietPollMs) + 2 * times.graceMs }, token);
  const cursor = createUpdateCursor();
  let quick = true;
  let failures = 0;
  let failedStores = 0;
  let conflicted = false;
  let heardAtMs = performance.now();

  const mayGoOn = (): boolean => !signal.aborted && options.mayPoll();

  function pollMs(): number {
    if (quick) return 0;
    const quiet = options.crowded() && performance.now() - heardAtMs > times.quietAfterMs;
    return quiet ? times.quietPollMs : times.pollMs;
  }

  async function ask(): Promise<Answer> {
    const offset = cursor.offset(Date.now());
    const waitMs = pollMs();
    const limit = abortAfter(waitMs + times.graceMs, signal);
    const asked = { ...(offset !== undefined && { offset }), timeout: waitMs / 1_000, allowed_updates: ALLOWED_UPDATES };
    const askedAtMs = performance.now();
    const isEarly = (): boolean => performance.now() - askedAtMs < waitMs * EARLY_SHARE;
    const answer = await api
      .getUpdates(asked, limit.signal as never)
      .then((updates): Answer => ({ ok: true, updates, early: updates.length === 0 && isEarly() }), refusalOf);
    limit.end();
    // A poll that we aborted had reached the server.
    if (answer.ok || signal.aborted) cursor.confirmedBy(offset);
    return answer;
  }

  /** Returns the wait before the next poll; null to end. */
  async function take({ updates, early }: Answer & { ok: true }): Promise<number | null> {
    // The other poller may return within seconds. Only a whole long poll shows that it is gone.
    if (!conflicted || !quick) {
      conflicted = false;
      onHealth({ ok: true });
    }
    if (updates.length > 0) heardAtMs = performance.now();
    failures = 0;
    quick = false;
    // After a failed store one by one, so that a poison update does not block those before it.
    const batches = failedStores > 0 ? updates.map((update) => [update]) : updates.length > 0 ? [updates] : [];
    for (const batch of batches) {
      if (signal.aborted || !(await options.accept(batch))) return null;
      cursor.accepted(batch.at(-1)?.update_id ?? 0, Date.now());
      failedStores = 0;
      const floodMs = floodPauseMs(batch.length, times);
      if (floodMs > 0) await pause(floodMs, signal);
    }
    return early ? times.earlyMs : 0;
  }

  function notStored(): number {
    failedStores += 1;
    quick = true;
    return backoffMs(failedStores, times, Math.random());
  }

  async function afterRefusal({ code, description, retryAfterMs }: Answer & { ok: false }): Promise<number | null> {
    quick = true;
    // Telegram answers 404 to a malformed or deleted token.
    if (code === 401 || code === 404) {
      onHealth({ ok: false, reason: 'token_revoked', retryInMs: null });
      return null;
    }
    if (code === 409) return afterConflict(description);
    failures += 1;
    heardAtMs = performance.now();
    cursor.restart();
    if (code === 429) return retryAfterMs;
    const waitMs = backoffMs(failures, times, Math.random());
    if (failures >= FAILURES_TO_TELL) onHealth({ ok: false, reason: 'unreachable', retryInMs: waitMs });
    return waitMs;
  }

  async function afterConflict(description: string): Promise<number> {
    const byWebhook = /webhook/i.test(description);
    if (byWebhook && (await options.removeOwnWebhook?.())) return 0;
    conflicted = true;
    const retryInMs = times.conflictMs * (1 + Math.random() / 10);
    onHealth({ ok: false, reason: byWebhook ? 'webhook_set' : 'polled_elsewhere', retryInMs });
    return retryInMs;
  }

  async function run(): Promise<void> {
    while (mayGoOn()) {
      const answer = await ask();
      if (signal.aborted) return;
      if (!answer.ok && !options.mayPoll()) return;
      const waitMs = await (answer.ok ? take(answer).catch(notStored) : afterRefusal(answer));
      if (waitMs === null) return;
      if (waitMs > 0) await pause(waitMs, signal);
    }
  }

  const done = run();
  return {
    done,
    async stop({ confirm = false } = {}) {
      stopping.abort();
      await done;
      await setTimeout(HEAD_START_MS);
      const offset = cursor.unconfirmed();
      if (!confirm || offset === undefined || !options.mayPoll()) return;
      await apiFor({ apiRoot, timeoutMs: CONFIRM_TIMEOUT_MS }, token)
        .getUpdates({ offset, limit: 1, timeout: 0 })
        .catch(() => {});
    },
  };
}

/** `code` is null when the response is not in the Bot API's form. */
function refusalOf(error: unknown): Answer {
  if (!(error instanceof GrammyError)) return { ok: false, code: null, description: '', retryAfterMs: 0 };
  const { error_code: code, description, parameters } = error;
  return { ok: false, code, description, retryAfterMs: (parameters.retry_after ?? 1) * 1_000 };
}
