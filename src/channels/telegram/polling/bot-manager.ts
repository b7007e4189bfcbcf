import { randomUUID } from 'node:crypto';
import type { Notifications } from '#platform/db/notifications.ts';
import { runWebhookConnection, type WebhookSettings } from '../webhook/webhook-connection.ts';
import { type PolledConnection, type PolledConnectionDeps, runConnection } from './polled-connection.ts';
import type { ConnectionChange, ConnectionReport, HeldConnection, PollingStore } from './polling-store.ts';
import { createTicker, createTimedSemaphore, POLLING_TIMES, type PollingTimes } from './timing.ts';

/** R15 (two processes share the bots): another process takes over within the lease + 5 s. */
export interface ManagerTimes extends PollingTimes {
  reconcileMs: number;
  renewMs: number;
  leaseMs: number;
  leaseMarginMs: number;
}

const MANAGER_TIMES: ManagerTimes = {
  ...POLLING_TIMES,
  reconcileMs: 3_000,
  renewMs: 5_000,
  leaseMs: 15_000,
  leaseMarginMs: 2_000,
};
// R34 (start with 500 bots): starts at once. A start that hangs is released after START_LIMIT_MS.
const STARTS_AT_ONCE = 20;
const CROWD = 100;
const START_LIMIT_MS = 5_000;
const LAPSE_CHECK_MS = 500;

type RunDeps = Omit<PolledConnectionDeps, 'store' | 'report' | 'mayPoll' | 'crowded' | 'onLost' | 'startLimit' | 'times'>;

export interface BotManagerDeps extends RunDeps {
  store: PollingStore;
  notifications: Pick<Notifications, 'on'>;
  onStateChanged: (change: ConnectionChange) => Promise<void>;
  /** On the embedded database no other process can hold a lease. */
  onlyProcess: boolean;
  /** Null polls. */
  webhook?: WebhookSettings | null;
  /** While true nothing is polled, because nothing could be stored. */
  isPaused?: () => boolean;
  times?: Partial<ManagerTimes>;
  holder?: string;
  now?: () => number;
}

/** Keeps every enabled Telegram connection polled by exactly one process. */
export function createBotManager(deps: BotManagerDeps) {
  const { store, logger, holder = randomUUID(), now = () => performance.now(), webhook = null, isPaused = () => false } = deps;
  const times = { ...MANAGER_TIMES, ...deps.times };
  const book = createLeaseBook({ leaseMs: times.leaseMs, marginMs: times.leaseMarginMs, now });
  const running = new Map<string, PolledConnection>();
  // Most claims find nothing new and return no rows.
  let known: { version: string | null; held: HeldConnection[] } = { version: null, held: [] };
  const runDeps: PolledConnectionDeps = {
    ...deps,
    times,
    startLimit: createTimedSemaphore(STARTS_AT_ONCE, START_LIMIT_MS),
    mayPoll: book.isValid,
    crowded: () => running.size > CROWD,
    onLost: (held) => void stopOne(held.id, { lost: true }),
    report,
  };

  const run = (held: HeldConnection): PolledConnection =>
    webhook ? runWebhookConnection({ ...runDeps, webhook }, held) : runConnection(runDeps, held);

  async function report(state: ConnectionReport): Promise<void> {
    const change = await store.report(holder, state);
    if (!change) return;
    logger.info(
      { connectionId: change.connectionId, state: change.state, reason: change.reason },
      'telegram: connection changed',
    );
    await deps.onStateChanged(change).catch((err: unknown) => logger.error({ err }, 'telegram: a change could not be reported'));
  }

  async function stopOne(id: string, { lost, remove = false }: { lost: boolean; remove?: boolean }): Promise<void> {
    const connection = running.get(id);
    running.delete(id);
    if (lost) book.drop(id);
    await connection?.stop({ confirm: !lost, remove });
  }

  async function reconcile(): Promise<void> {
    const askedAtMs = now();
    const { version, held } = await store.claim(holder, times.leaseMs, known.version);
    if (held) await follow(held);
    for (const connection of held ?? known.held) start(connection, askedAtMs);
    if (held) known = { version, held: held.map((connection) => ({ ...connection, taken: false, silentMs: null })) };
  }

  async function follow(held: readonly HeldConnection[]): Promise<void> {
    const wanted = new Map(held.map((connection) => [connection.id, connection]));
    const gone = [...running.keys()].filter((id) => !wanted.has(id));
    const changed = held.filter((connection) => needsRestart(running.get(connection.id)?.held, connection));
    await Promise.all([
      ...gone.map((id) => stopOne(id, { lost: false, remove: true })),
      ...changed.map(({ id, accountId }) => stopOne(id, { lost: false, remove: running.get(id)?.held.accountId !== accountId })),
    ]);
    if (gone.length > 0) await store.release(holder, gone);
  }

  function start(connection: HeldConnection, askedAtMs: number): void {
    if (running.has(connection.id) || isPaused()) return;
    if (connection.taken) book.granted(connection.id, askedAtMs);
    // The lease is ours in the database but over by our clock; the next renewal decides.
    if (!book.isValid(connection.id)) return;
    running.set(connection.id, run(connection));
  }

  async function renew(): Promise<void> {
    const askedAtMs = now();
    // The answer says nothing of what is claimed meanwhile.
    const asked = [...running.values()];
    const kept = await store.renew(holder, times.leaseMs);
    for (const id of kept.keys()) book.granted(id, askedAtMs);
    const lost = asked.filter((one) => running.get(one.held.id) === one && kept.get(one.held.id) !== one.held.epoch);
    // Not awaited: a connection that is still storing must not delay the renewal of the others.
    for (const { held } of lost) void stopOne(held.id, { lost: true });
  }

  async function stopLapsed(): Promise<void> {
    if (isPaused()) await Promise.all([...running.keys()].map((id) => stopOne(id, { lost: false })));
    const lapsed = [...running.keys()].filter((id) => !book.isValid(id));
    if (lapsed.length > 0)
      logger.warn({ connections: lapsed.length }, 'telegram: leases could not be renewed in time, polling paused');
    for (const id of lapsed) void stopOne(id, { lost: true });
  }

  const onError = (err: unknown): void => logger.warn({ err }, 'telegram: the database did not answer the bot manager');
  const tickers = [
    createTicker(reconcile, times.reconcileMs, onError),
    createTicker(renew, times.renewMs, onError),
    createTicker(stopLapsed, Math.min(LAPSE_CHECK_MS, times.leaseMarginMs / 2), onError),
  ];
  deps.notifications.on('connections', () => tickers[0]?.wake());

  return {
    holder,
    running: (): string[] => [...running.keys()],

    async start(): Promise<void> {
      if (deps.onlyProcess) await store.freeAllLeases();
      for (const ticker of tickers) ticker.start();
    },

    /** `release` confirms stored updates and frees the leases. */
    async stop({ release = true }: { release?: boolean } = {}): Promise<void> {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
      const all = [...running.values()];
      running.clear();
      await Promise.all(all.map((connection) => connection.stop({ confirm: release })));
      if (release) await store.release(holder);
    },
  };
}

export type BotManager = ReturnType<typeof createBotManager>;

function needsRestart(was: HeldConnection | undefined, is: HeldConnection): boolean {
  if (!was) return false;
  return (
    was.epoch !== is.epoch ||
    was.tokenVersion !== is.tokenVersion ||
    (is.startedAtMs !== null && is.startedAtMs !== was.startedAtMs)
  );
}

/** Ends `marginMs` early on the monotonic clock, so a changed clock or a suspended process never makes two pollers. */
export function createLeaseBook({ leaseMs, marginMs, now }: { leaseMs: number; marginMs: number; now: () => number }) {
  const validUntilMs = new Map<string, number>();

  return {
    granted(connectionId: string, askedAtMs: number): void {
      validUntilMs.set(connectionId, askedAtMs + leaseMs - marginMs);
    },
    isValid: (connectionId: string): boolean => (validUntilMs.get(connectionId) ?? 0) > now(),
    drop: (connectionId: string): void => void validUntilMs.delete(connectionId),
  };
}
