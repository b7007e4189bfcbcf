import { atMost } from '#platform/at-most.ts';
import type { Database } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import { createEmbeddedUpkeep } from './embedded-upkeep.ts';
import { createFairShares } from './fair-shares.ts';
import type { PerformWork } from './perform-work.ts';
import { createWorkRecovery } from './recover-work.ts';
import { type Claim, type ClaimedWork, claim, postpone, renew } from './work.ts';

const BATCH = 100;
const MOST_OF_ONE_CLAIM = 16;
// A connection with this many running replies gets no more for now, so that it leaves room for others.
const SHARE_OF_ONE = 32;
const POLL_MS = 1_000;
// After a claim that found less than it asked for: more work for one statement.
const CLAIM_PAUSE_MS = 10;
// Less than half of the time after which work without a heartbeat is lost.
const HEARTBEAT_MS = 4_000;
const RECLAIM_MS = 2_000;
const ADOPT_MS = 60_000;
const STOP_MS = 10_000;

/** Every write carries the claim's epoch, so a worker that lost its claim settles nothing. */
export function createReplyWorker({
  database,
  notifications,
  work: { perform, giveUp },
  logger,
  concurrency,
}: {
  database: Database;
  notifications: Pick<Notifications, 'on'>;
  work: PerformWork;
  logger: Logger;
  concurrency: number;
}) {
  const { sql } = database;
  const running = new Map<string, { work: Claim; done: Promise<void> }>();
  const shares = createFairShares({ most: SHARE_OF_ONE, mostOfOneClaim: MOST_OF_ONE_CLAIM });
  const timers: NodeJS.Timeout[] = [];
  let wakeUp: NodeJS.Timeout | undefined;
  let claiming: Promise<void> | null = null;
  let wanted = false;
  let starved = false;
  let phase: 'new' | 'started' | 'stopping' = 'new';

  const upkeep = createEmbeddedUpkeep({
    database,
    onError: (err) => logger.warn(err, 'embedded database: upkeep failed, trying again'),
  });

  const { takeBack, adopt } = createWorkRecovery({ sql, giveUp, found: pump, logger });

  /** A call while it runs makes it look once more. */
  function pump(): void {
    wanted = true;
    claiming ??= claimAll().finally(() => {
      claiming = null;
    });
  }

  async function claimAll(): Promise<void> {
    try {
      while (wanted && phase !== 'stopping') {
        wanted = false;
        starved = false;
        const most = Math.min(BATCH, concurrency - running.size);
        starved ||= most <= 0;
        if (most <= 0) break;
        const fullConnections = shares.full();
        starved ||= fullConnections.length > 0;
        const { claimed, nextDueInMs } = await claim(sql, { most, mostOfOne: MOST_OF_ONE_CLAIM, fullConnections });
        for (const work of claimed) begin(work);
        const connections = claimed.map(({ connectionId }) => connectionId);
        if (shares.claimed(connections, fullConnections) || claimed.length === most) wanted = true;
        else {
          pumpIn(nextDueInMs);
          await new Promise((resolve) => setTimeout(resolve, CLAIM_PAUSE_MS));
        }
      }
    } catch (err) {
      logger.warn(err as Error, 'reply: work could not be claimed, trying again');
    }
  }

  /** A quiet time or a pause ends before the next poll. */
  function pumpIn(delayMs: number | null): void {
    clearTimeout(wakeUp);
    if (delayMs !== null && delayMs < POLL_MS && phase === 'started') wakeUp = setTimeout(pump, delayMs + 1);
  }

  function begin(work: ClaimedWork): void {
    shares.begin(work.connectionId);
    const done = perform(work).then((lookAgain) => {
      if (running.get(work.conversationId)?.work === work) running.delete(work.conversationId);
      shares.end(work.connectionId);
      upkeep.noteChange();
      if (lookAgain || starved) pump();
    });
    running.set(work.conversationId, { work, done });
  }

  async function beat(): Promise<void> {
    if (running.size === 0) return;
    const claims = [...running.values()].map(({ work }) => work);
    await renew(sql, claims).catch((err: Error) => logger.warn(err, 'reply: a heartbeat was not written'));
  }

  return {
    /** The connections whose work can begin at once. */
    roomFor: (messages: ReadonlyMap<string, number>): string[] =>
      phase === 'started' ? shares.roomFor(messages, concurrency - running.size) : [],

    /** Work that comes too late is given back. */
    take(claimed: readonly ClaimedWork[]): void {
      for (const work of claimed) if (phase !== 'stopping') begin(work);
      if (phase !== 'stopping') return;
      const returned = Promise.all(claimed.map((work) => postpone(sql, work, 0)));
      returned.catch((err: Error) => logger.warn(err, 'reply: work was not given back, its heartbeat will do so'));
    },

    async start(): Promise<void> {
      await takeBack({ everyone: database.kind === 'embedded' });
      await adopt();
      upkeep.start();
      notifications.on('work', pump);
      timers.push(
        setInterval(pump, POLL_MS),
        setInterval(() => void beat(), HEARTBEAT_MS),
        setInterval(() => void takeBack({ everyone: false }), RECLAIM_MS),
        setInterval(() => void adopt(), ADOPT_MS),
      );
      phase = 'started';
      pump();
    },

    /** Heartbeats go on meanwhile. Unfinished work comes back by its missing heartbeat. */
    async stop(): Promise<void> {
      phase = 'stopping';
      upkeep.stop();
      clearTimeout(wakeUp);
      const idle = async (): Promise<void> => {
        await claiming;
        await Promise.all([...running.values()].map(({ done }) => done));
      };
      await atMost(STOP_MS, idle());
      for (const timer of timers.splice(0)) clearInterval(timer);
    },
  };
}

export type ReplyWorker = ReturnType<typeof createReplyWorker>;
