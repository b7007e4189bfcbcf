import type { ConnectionFailureReason } from '#core/reasons.ts';
import { type AcceptDeps, createAccept } from '../accept-update.ts';
import { apiFor } from '../telegram.api.ts';
import { removeOwnWebhook } from '../webhook/webhook-registration.ts';
import { type BotInfo, introduce, knownBot, type OpenTokenDeps, openToken, startedByOwner } from './bring-up.ts';
import { type Poller, startPoller } from './poll-updates.ts';
import type { ConnectionReport, HeldConnection, PollingStore } from './polling-store.ts';
import { createStateReporter } from './state-reporter.ts';
import type { PollingTimes, Slots } from './timing.ts';

// How long Telegram keeps updates that nobody fetched. Source: https://core.telegram.org/bots/api#getting-updates (seen 2026-08).
const KEPT_MS = 24 * 60 * 60 * 1_000;

export interface PolledConnectionDeps extends AcceptDeps, OpenTokenDeps {
  store: AcceptDeps['store'] & Pick<PollingStore, 'recordGap'>;
  report: (report: ConnectionReport) => Promise<void>;
  /** Whether the lease surely still holds. */
  mayPoll: (connectionId: string) => boolean;
  /** Whether this process polls so many bots that the quiet ones ask less often. */
  crowded: () => boolean;
  /** Polling ended although nobody stopped it and the token is good: the bot belongs to another process now. */
  onLost: (connection: HeldConnection) => void;
  slots: Slots;
  times: PollingTimes;
}

/** A connection that is being brought up or served, by polling or by webhook. */
export interface PolledConnection {
  held: HeldConnection;
  /**
   * Ends it at once. Nothing is written after it. `confirm`: Telegram is told what was stored. `remove`: the bot is no longer
   * wanted, so its webhook is removed.
   */
  stop(options?: { confirm?: boolean; remove?: boolean }): Promise<void>;
}

/** Brings a connection up and keeps it polled: opens the token, asks who the bot is, polls; reports what it finds. */
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
    // Only `unreachable` heals by itself. Everything else may need the owner.
    report({ state: reason === 'unreachable' ? 'PENDING' : 'FAILED', reason, retryInMs });
  }

  async function run(): Promise<void> {
    const token = openToken(deps, held);
    if (token === null) return fail('rejected', null);
    const { apiRoot, times, slots } = deps;
    const removeWebhook = startedByOwner(held);
    const me = knownBot(held) ?? (await introduce({ apiRoot, token, removeWebhook, times, slots, signal, onFailure: fail }));
    if (me) await poll(token, me);
    if (!signal.aborted && !givenUp) deps.onLost(held);
  }

  async function poll(token: string, me: BotInfo): Promise<void> {
    const release = await deps.slots.take();
    const mayPoll = (): boolean => !signal.aborted && deps.mayPoll(held.id);
    if (!mayPoll()) return release();
    const answered = createGapWatch({
      // A bot that its owner started again was silent because the owner wanted it so.
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

/**
 * Notices when a bot was not polled for longer than Telegram keeps its messages, so that some may be lost (R31).
 * `silentMs`: how long nobody had polled it when this watch began; null when unknown, or when the owner had stopped it.
 * @returns what to call at every answer of Telegram, with the time in milliseconds.
 */
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
