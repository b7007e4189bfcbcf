import { DAY_MS } from '#core/durations.ts';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import { type AcceptDeps, createAccept } from '../accept-update.ts';
import { apiFor } from '../telegram.api.ts';
import { removeOwnWebhook } from '../webhook/webhook-registration.ts';
import { type BotInfo, introduce, knownBot, type OpenTokenDeps, openToken, startedByOwner } from './bring-up.ts';
import { type Poller, startPoller } from './poll-updates.ts';
import type { ConnectionReport, HeldConnection, PollingStore } from './polling-store.ts';
import { createStateReporter } from './state-reporter.ts';
import type { PollingTimes, TimedSemaphore } from './timing.ts';

// How long Telegram keeps unfetched updates. Source: https://core.telegram.org/bots/api#getting-updates (seen 2026-08).
const KEPT_MS = DAY_MS;

export interface PolledConnectionDeps extends AcceptDeps, OpenTokenDeps {
  store: AcceptDeps['store'] & Pick<PollingStore, 'recordGap' | 'prove'>;
  report: (report: ConnectionReport) => Promise<void>;
  mayPoll: (connectionId: string) => boolean;
  crowded: () => boolean;
  /** Polling ended without a stop and with a good token: another process owns the bot now. */
  onLost: (connection: HeldConnection) => void;
  startLimit: TimedSemaphore;
  times: PollingTimes;
}

export interface PolledConnection {
  held: HeldConnection;
  /** Nothing is written afterwards. `confirm` tells Telegram what was stored. `remove` deletes the webhook. */
  stop(options?: { confirm?: boolean; remove?: boolean }): Promise<void>;
}

export function runConnection(deps: PolledConnectionDeps, held: HeldConnection): PolledConnection {
  const stopping = new AbortController();
  const { signal } = stopping;
  let poller: Poller | null = null;
  let givenUp = false;

  const report = createStateReporter({
    current: { state: held.state, reason: held.failureReason },
    write: (state) => deps.report({ connectionId: held.id, epoch: held.epoch, tokenVersion: held.tokenVersion, ...state }),
    signal,
  });
  function fail(reason: ConnectionFailureReason, retryInMs: number | null): void {
    givenUp = retryInMs === null;
    // Only `unreachable` recovers by itself. Everything else may need the owner.
    report({ state: reason === 'unreachable' ? 'PENDING' : 'FAILED', reason, retryInMs });
  }

  async function run(): Promise<void> {
    const token = openToken(deps, held);
    // S77 (wrong key): the operator's fault changes no connection.
    givenUp = token === undefined;
    if (token === undefined) return;
    if (token === null) return fail('rejected', null);
    const { apiRoot, times, startLimit } = deps;
    const removeWebhook = startedByOwner(held);
    const me = knownBot(held) ?? (await introduce({ apiRoot, token, removeWebhook, times, startLimit, signal, onFailure: fail }));
    if (me && !held.proven && !(await deps.store.prove(held))) return fail('claimed_elsewhere', null);
    if (me) await poll(token, me);
    if (!signal.aborted && !givenUp) deps.onLost(held);
  }

  async function poll(token: string, me: BotInfo): Promise<void> {
    const release = await deps.startLimit.take();
    const mayPoll = (): boolean => !signal.aborted && deps.mayPoll(held.id);
    if (!mayPoll()) return release();
    const answered = createGapWatch({
      // Silence before a start by the owner is not a gap.
      silentMs: held.startedAtMs === null ? held.silentMs : null,
      nowMs: Date.now(),
      record: recordGap,
    });
    poller = startPoller({
      token,
      apiRoot: deps.apiRoot,
      times: deps.times,
      mayPoll: () => deps.mayPoll(held.id),
      crowded: deps.crowded,
      removeOwnWebhook: () => removeOwnWebhook(apiFor(deps, token), held.id).catch(() => false),
      accept: createAccept(deps, { connectionId: held.id, epoch: held.epoch }, me, token),
      onHealth(health) {
        release();
        if (!health.ok) return fail(health.reason, health.retryInMs);
        answered(Date.now());
        report({ state: 'ACTIVE', reason: null, retryInMs: null, account: { displayName: me.name, username: me.username } });
      },
    });
    await poller.done.finally(release);
  }

  function recordGap(gapMs: number): void {
    deps.logger.warn({ connectionId: held.id, gapMs }, 'telegram: not polled for more than a day, messages may be lost');
    deps.store
      .recordGap(held.id, held.epoch, gapMs)
      .catch((err: unknown) => deps.logger.warn({ err }, 'telegram: a gap was not recorded'));
  }

  const done = run().catch((err: unknown) => {
    deps.logger.error({ err, connectionId: held.id }, 'telegram: a connection ended unexpectedly');
    deps.onLost(held);
  });
  return {
    held,
    async stop({ confirm = false } = {}) {
      stopping.abort();
      await poller?.stop({ confirm });
      await done;
    },
  };
}

/** R31 (away for more than 24 h): a longer silence than Telegram keeps messages is a gap. `silentMs` is null when intended. */
export function createGapWatch({
  silentMs,
  nowMs,
  record,
}: {
  silentMs: number | null;
  nowMs: number;
  record: (gapMs: number) => void;
}) {
  let lastMs = silentMs === null ? null : nowMs - silentMs;
  return (answeredMs: number): void => {
    const gapMs = lastMs === null ? 0 : answeredMs - lastMs;
    lastMs = answeredMs;
    if (gapMs > KEPT_MS) record(gapMs);
  };
}
