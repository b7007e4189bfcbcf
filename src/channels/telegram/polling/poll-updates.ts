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
  /** Whether the lease surely still holds. */
  mayPoll: () => boolean;
  /** Whether this process polls so many bots that the quiet ones are polled less often. */
  crowded: () => boolean;
  /** Stores updates. A throw means that they were not stored. False: the bot belongs to another process now. */
  accept: (updates: Update[]) => Promise<boolean>;
  /** Called with the outcome of every poll, so the same one comes many times. */
  onHealth: (health: PollerHealth) => void;
  /** Removes a webhook that keeps us from polling, if it is our own from webhook mode. */
  removeOwnWebhook?: () => Promise<boolean>;
}

/** `retryInMs` null: it is not tried again. */
export type PollerHealth = { ok: true } | { ok: false; reason: ConnectionFailureReason; retryInMs: number | null };

export interface Poller {
  /** Resolves when polling has ended: stopped, token refused, or the bot belongs to another process. Never rejects. */
  done: Promise<void>;
  /** Ends polling at once and finishes what is being stored. With `confirm` Telegram is told what was stored. */
  stop(options?: { confirm?: boolean }): Promise<void>;
}

type Answer = { ok: true; updates: Update[] } | { ok: false; code: number | null; description: string; retryAfterMs: number };

// One or two lost calls are no news.
const FAILURES_TO_TELL = 3;
const CONFIRM_TIMEOUT_MS = 2_000;
// The end of the last poll travels on its own connection. It should arrive before the next poll of whoever polls next.
const HEAD_START_MS = 50;

/**
 * Long-polls one bot until stopped. An update is confirmed by asking for those after it, so the offset moves only after the
 * updates are stored. The first poll, and each after a fault, asks without waiting: it shows quickly whether things work.
 */
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
    // grammY's own signal type lacks the newer methods and uses none of them.
    const answer = await api
      .getUpdates(asked, limit.signal as never)
      .then((updates): Answer => ({ ok: true, updates }), refusalOf);
    limit.end();
    // A poll that we ended ourselves had reached the server.
    if (answer.ok || signal.aborted) cursor.confirmedBy(offset);
    return answer;
  }

  /** Stores a poll's updates. Returns how long to wait before the next poll; null to end. */
  async function take(updates: Update[]): Promise<number | null> {
    // The other poller may be back within seconds: only a whole long poll shows that the bot is ours alone.
    if (!conflicted || !quick) {
      conflicted = false;
      onHealth({ ok: true });
    }
    if (updates.length > 0) heardAtMs = performance.now();
    failures = 0;
    quick = false;
    // After a failure one by one, so that an update that cannot be stored does not hold up the ones before it.
    const batches = failedStores > 0 ? updates.map((update) => [update]) : updates.length > 0 ? [updates] : [];
    for (const batch of batches) {
      if (signal.aborted || !(await options.accept(batch))) return null;
      cursor.accepted(batch.at(-1)?.update_id ?? 0, Date.now());
      failedStores = 0;
      const floodMs = floodPauseMs(batch.length, times);
      if (floodMs > 0) await pause(floodMs, signal);
    }
    return 0;
  }

  function notStored(): number {
    failedStores += 1;
    quick = true;
    return backoffMs(failedStores, times, Math.random());
  }

  /** How long to wait before polling again; null to end. */
  async function afterRefusal({ code, description, retryAfterMs }: Answer & { ok: false }): Promise<number | null> {
    quick = true;
    // 404 is what a malformed or deleted token gets.
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

  /** A webhook, or a second poller. */
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
      const waitMs = await (answer.ok ? take(answer.updates).catch(notStored) : afterRefusal(answer));
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

/** Telegram's refusal; `code` null when there was no answer in the Bot API's form. */
function refusalOf(error: unknown): Answer {
  if (!(error instanceof GrammyError)) return { ok: false, code: null, description: '', retryAfterMs: 0 };
  const { error_code: code, description, parameters } = error;
  return { ok: false, code, description, retryAfterMs: (parameters.retry_after ?? 1) * 1_000 };
}
