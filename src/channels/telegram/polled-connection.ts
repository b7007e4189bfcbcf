import type { ConnectionFailureReason } from '#core/reasons.ts';
import { type AcceptDeps, createAccept } from './accept-update.ts';
import type { PollingTimes } from './backoff.ts';
import { createGapWatch } from './gap-watch.ts';
import { knownBot, type OpenTokenDeps, openToken, startedByOwner } from './held-connection.ts';
import { type BotInfo, introduce } from './introduce.ts';
import type { ConnectionReport, HeldConnection, PollingStore } from './polling-store.ts';
import type { Slots } from './start-slots.ts';
import { createStateReporter } from './state-reporter.ts';
import { apiFor } from './telegram.api.ts';
import { type Poller, startPoller } from './telegram.poller.ts';
import { removeOwnWebhook } from './webhook-registration.ts';

export interface PolledConnectionDeps extends AcceptDeps, OpenTokenDeps {
  store: AcceptDeps['store'] & Pick<PollingStore, 'recordGap'>;
  report: (report: ConnectionReport) => Promise<void>;
  /** Whether the lease surely still holds. */
  mayPoll: (connectionId: string) => boolean;
  /** Whether this process polls so many bots that the quiet ones ask less often. */
  crowded: () => boolean;
  /** Polling ended although nobody stopped it and the token is good: the bot is another process's now. */
  onLost: (connection: HeldConnection) => void;
  slots: Slots;
  times: PollingTimes;
}

/** A connection that is being brought up or served, by polling or by webhook. */
export interface PolledConnection {
  held: HeldConnection;
  /**
   * Ends it at once; nothing more is written after it. `confirm`: Telegram is told what was stored. `remove`: the bot is no
   * longer wanted, so Telegram is told to call us no more.
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
    // Unreachable mends itself; everything else may need the owner.
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
    const answered = watchGaps(deps, held);
    poller = startPoller({
      token,
      apiRoot: deps.apiRoot,
      botInfo: me,
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

/** What an owner started anew was silent because the owner wanted it so. */
const watchGaps = ({ store, logger }: PolledConnectionDeps, held: HeldConnection) =>
  createGapWatch({
    silentMs: held.startedAtMs === null ? held.silentMs : null,
    nowMs: Date.now(),
    record(gapMs) {
      logger.warn({ connectionId: held.id, gapMs }, 'telegram: not polled for more than a day, messages may be lost');
      store
        .recordGap(held.id, held.epoch, gapMs)
        .catch((err: unknown) => logger.warn({ err }, 'telegram: a gap was not recorded'));
    },
  });
