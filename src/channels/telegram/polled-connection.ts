import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { Credentials } from '../channel.ts';
import { type AcceptDeps, createAccept } from './accept-update.ts';
import type { PollingTimes } from './backoff.ts';
import { type BotInfo, introduce } from './introduce.ts';
import type { ConnectionReport, HeldConnection } from './polling-store.ts';
import type { Slots } from './start-slots.ts';
import { createStateReporter } from './state-reporter.ts';
import { TOKEN_FIELD } from './telegram.adapter.ts';
import { type Poller, startPoller } from './telegram.poller.ts';

export interface PolledConnectionDeps extends AcceptDeps {
  openCredentials: (connection: { id: string; tenantId: string; sealedSecrets: string }) => Credentials;
  report: (report: ConnectionReport) => Promise<void>;
  /** Whether the lease surely still holds. */
  mayPoll: (connectionId: string) => boolean;
  /** Polling ended although nobody stopped it and the token is good: the bot is another process's now. */
  onLost: (connection: HeldConnection) => void;
  slots: Slots;
  times: PollingTimes;
}

/** A connection that is being brought up or polled. */
export interface PolledConnection {
  held: HeldConnection;
  /** Ends it at once; with `confirm` Telegram is told what was stored. Nothing more is written after it. */
  stop(options?: { confirm?: boolean }): Promise<void>;
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
    poller = startPoller({
      token,
      apiRoot: deps.apiRoot,
      botInfo: me,
      times: deps.times,
      mayPoll: () => deps.mayPoll(held.id),
      accept: createAccept(deps, { connectionId: held.id, epoch: held.epoch }, me, token),
      onHealth(health) {
        release();
        if (!health.ok) return fail(health.reason, health.retryInMs);
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
    async stop(options) {
      stopping.abort();
      await poller?.stop(options);
      await done;
    },
  };
}

function openToken({ openCredentials, logger }: PolledConnectionDeps, held: HeldConnection): string | null {
  try {
    return openCredentials(held)[TOKEN_FIELD] ?? null;
  } catch {
    logger.error({ connectionId: held.id }, 'telegram: the stored token cannot be opened; was ENCRYPTION_KEY changed?');
    return null;
  }
}

/** Who the bot is when that is known already: spares a call at every start of the process. */
const knownBot = ({ state, accountId, username, displayName }: HeldConnection): BotInfo | null =>
  state === 'ACTIVE' && username ? { id: Number(accountId), username, name: displayName ?? username } : null;

/** A first connection that had to wait for Telegram counts too. */
const startedByOwner = ({ state, startedAtMs, username }: HeldConnection): boolean =>
  state === 'PENDING' && (startedAtMs !== null || username === null);
