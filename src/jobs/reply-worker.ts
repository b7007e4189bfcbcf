import { createBatcher } from '#platform/batcher.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import { createEmbeddedUpkeep } from './embedded-upkeep.ts';
import type { Queue } from './queue.ts';
import type { QueueJobs } from './queue-schema.ts';
import { type Attempt, postpone, reclaim, removeDead } from './reply-jobs.ts';
import type { JobHandlers } from './worker.ts';

const BATCH = 100;
const POLL_MS = 1_000;
// A fetch that found less than it asked for waits this long for the next: more jobs for one statement.
const FETCH_PAUSE_MS = 10;
const SETTLE_DELAY_MS = 5;
// Less than half of the queue's heartbeatSeconds.
const HEARTBEAT_MS = 4_000;
const RECLAIM_MS = 2_000;
const STOP_MS = 10_000;

/**
 * One fetcher that claims jobs in batches and runs many at once; pg-boss' policy holds it to one per conversation. Jobs that
 * are done are deleted in batches, fenced by attempt: a worker that lost its claim settles nothing.
 */
export function createReplyWorker({
  queue,
  notifications,
  handlers,
  logger,
  concurrency,
}: {
  queue: Queue;
  notifications: Notifications;
  handlers: Pick<JobHandlers, 'reply' | 'deadReply'>;
  logger: Logger;
  concurrency: number;
}) {
  const { boss, database } = queue;
  const running = new Map<string, { attempt: Attempt; done: Promise<void> }>();
  const timers: NodeJS.Timeout[] = [];
  let fetching: Promise<void> | null = null;
  let wanted = false;
  let stopping = false;
  let reclaiming = false;

  const upkeep = createEmbeddedUpkeep({
    database,
    onError: (err) => logger.warn(err, 'embedded database: upkeep failed, trying again'),
  });

  const settled = createBatcher<Attempt, void>({
    delayMs: SETTLE_DELAY_MS,
    maxItems: 500,
    flush: async (attempts) => {
      await boss.deleteJob('reply', attempts);
      return [];
    },
  });

  async function perform(attempt: Attempt, data: QueueJobs['reply']): Promise<void> {
    const { id, retryCount } = attempt;
    try {
      const outcome = await handlers.reply(data);
      if (outcome) await postpone(database.sql, attempt, outcome.retryAfterMs);
      else await settled.add(attempt);
    } catch (err) {
      logger.error({ err, job: id, try: retryCount + 1 }, 'reply: a try failed');
      // When even this fails, the missing heartbeat gives the job back.
      await boss.fail('reply', attempt).catch((error: Error) => logger.warn(error, 'reply: the failed try was not recorded'));
      void takeBack(false);
    }
  }

  /** Claims until there is nothing left or no room; asked for while it does so, it looks once more. */
  function pump(): void {
    wanted = true;
    fetching ??= claim().finally(() => {
      fetching = null;
    });
  }

  async function claim(): Promise<void> {
    try {
      while (wanted && !stopping) {
        wanted = false;
        const room = Math.min(BATCH, concurrency - running.size);
        if (room <= 0) break;
        const jobs = await boss.fetch<QueueJobs['reply']>('reply', { batchSize: room });
        for (const { id, retryCount, data } of jobs) begin({ id, retryCount }, data);
        if (jobs.length === room) wanted = true;
        else await new Promise((resolve) => setTimeout(resolve, FETCH_PAUSE_MS));
      }
    } catch (err) {
      logger.warn(err as Error, 'reply: jobs could not be claimed, trying again');
    }
  }

  function begin(attempt: Attempt, data: QueueJobs['reply']): void {
    const done = perform(attempt, data).finally(() => {
      running.delete(attempt.id);
      upkeep.noteChange();
      // A conversation's next job can be claimed only now.
      pump();
    });
    running.set(attempt.id, { attempt, done });
  }

  async function beat(): Promise<void> {
    if (running.size === 0) return;
    const attempts = [...running.values()].map(({ attempt }) => attempt);
    await boss.touch('reply', attempts).catch((err: Error) => logger.warn(err, 'reply: a heartbeat was not written'));
  }

  /** Jobs of dead workers come back, dead jobs go, so that no conversation stays blocked. */
  async function takeBack(everyone: boolean): Promise<void> {
    if (reclaiming || stopping) return;
    reclaiming = true;
    try {
      for (const dead of await reclaim(database.sql, { everyone })) {
        await handlers.deadReply(dead);
        await removeDead(database.sql, dead);
        logger.error({ job: dead.id, conversation: dead.conversationId }, 'reply: given up after five tries');
        pump();
      }
    } catch (err) {
      logger.warn(err as Error, 'reply: dead jobs could not be looked for, trying again');
    } finally {
      reclaiming = false;
    }
  }

  return {
    async start(): Promise<void> {
      await takeBack(database.kind === 'embedded');
      upkeep.start();
      notifications.on('jobs', pump);
      timers.push(
        setInterval(pump, POLL_MS),
        setInterval(() => void beat(), HEARTBEAT_MS),
        setInterval(() => void takeBack(false), RECLAIM_MS),
      );
      pump();
    },

    /** Heartbeats go on until all is settled or the time is up; what is left then comes back by its missing heartbeat. */
    async stop(): Promise<void> {
      stopping = true;
      upkeep.stop();
      const idle = async (): Promise<void> => {
        await fetching;
        await Promise.all([...running.values()].map(({ done }) => done));
      };
      await Promise.race([idle(), new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())]);
      for (const timer of timers.splice(0)) clearInterval(timer);
    },
  };
}
