import { atMost } from '#platform/at-most.ts';
import type { Database } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import { createClaimLoop, MOST_OF_ONE_CLAIM, POLL_MS } from './claim-loop.ts';
import { createEmbeddedUpkeep } from './embedded-upkeep.ts';
import { createFairShares } from './fair-shares.ts';
import type { PerformWork } from './perform-work.ts';
import { createWorkRecovery } from './recover-work.ts';
import { type Claim, type ClaimedWork, postpone, renew } from './work.ts';

// A connection with this many running replies gets no more for now, so that it leaves room for others.
const SHARE_OF_ONE = 32;
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
  let phase: 'new' | 'started' | 'stopping' = 'new';

  const upkeep = createEmbeddedUpkeep({
    database,
    onError: (err) => logger.warn(err, 'embedded database: upkeep failed, trying again'),
  });

  const claims = createClaimLoop({
    sql,
    shares,
    room: () => concurrency - running.size,
    isStarted: () => phase === 'started',
    isStopping: () => phase === 'stopping',
    begin,
    logger,
  });
  const { takeBack, adopt } = createWorkRecovery({ sql, giveUp, found: claims.look, logger });

  function begin(work: ClaimedWork): void {
    shares.begin(work.connectionId);
    const done = perform(work).then((lookAgain) => {
      if (running.get(work.conversationId)?.work === work) running.delete(work.conversationId);
      shares.end(work.connectionId);
      upkeep.noteChange();
      if (lookAgain || claims.isStarved()) claims.look();
    });
    running.set(work.conversationId, { work, done });
  }

  async function beat(): Promise<void> {
    if (running.size === 0) return;
    const held = [...running.values()].map(({ work }) => work);
    await renew(sql, held).catch((err: Error) => logger.warn(err, 'reply: a heartbeat was not written'));
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
      notifications.on('work', claims.look);
      timers.push(
        setInterval(claims.look, POLL_MS),
        setInterval(() => void beat(), HEARTBEAT_MS),
        setInterval(() => void takeBack({ everyone: false }), RECLAIM_MS),
        setInterval(() => void adopt(), ADOPT_MS),
      );
      phase = 'started';
      claims.look();
    },

    /** Heartbeats go on meanwhile. Unfinished work comes back by its missing heartbeat. */
    async stop(): Promise<void> {
      phase = 'stopping';
      upkeep.stop();
      claims.sleep();
      const idle = async (): Promise<void> => {
        await claims.ended();
        await Promise.all([...running.values()].map(({ done }) => done));
      };
      await atMost(STOP_MS, idle());
      for (const timer of timers.splice(0)) clearInterval(timer);
    },
  };
}

export type ReplyWorker = ReturnType<typeof createReplyWorker>;
