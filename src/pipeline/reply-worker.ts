import type { Notifications } from '#platform/db/notifications.ts';
import type { Queue } from '#platform/jobs/queue.ts';
import type { QueueJobs } from '#platform/jobs/queue-schema.ts';
import type { Logger } from '#platform/logger.ts';
import { createEmbeddedUpkeep } from './embedded-upkeep.ts';
import { createAttemptEnds } from './end-attempts.ts';
import { createFairShares } from './fair-shares.ts';
import {
  type Attempt,
  type ClaimedReplyJob,
  claimReplyJobs,
  type DeadReplyJob,
  PER_GROUP,
  reclaim,
  removeDead,
} from './reply-jobs.ts';

const BATCH = 100;
// At this many jobs under way a connection gets no more for now: one that hangs or is flooded leaves room for the others.
const SHARE_OF_ONE = 32;
const POLL_MS = 1_000;
// A fetch that found less than it asked for waits this long for the next: more jobs for one statement.
const FETCH_PAUSE_MS = 10;
// Less than half of the queue's heartbeatSeconds.
const HEARTBEAT_MS = 4_000;
const RECLAIM_MS = 2_000;
const STOP_MS = 10_000;

/**
 * What became of a reply job. Undefined: done, to be settled here. `retryAfterMs`: it is given back until then without
 * counting as failed. `more`: it was settled together with the work, in a statement begun at `settledSinceMs`, and its
 * conversation has more jobs, or none.
 */
export type ReplyOutcome = undefined | { retryAfterMs: number } | { settledSinceMs: number; more: boolean };

/** What performs a reply job, and what settles one that is out of tries. */
export interface ReplyHandlers {
  /** Throws: a failed try of five. */
  reply: (job: QueueJobs['reply'], attempt: Attempt) => Promise<ReplyOutcome>;
  /** A reply job is out of tries: settle its messages, so that the conversation can go on without them. */
  deadReply: (job: DeadReplyJob) => Promise<void>;
}

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
  handlers: ReplyHandlers;
  logger: Logger;
  concurrency: number;
}) {
  const { boss, database } = queue;
  const running = new Map<string, { attempt: Attempt; done: Promise<void> }>();
  const shares = createFairShares({ most: SHARE_OF_ONE, mostOfOneClaim: PER_GROUP });
  const ends = createAttemptEnds({ queue, logger });
  const timers: NodeJS.Timeout[] = [];
  let fetching: Promise<void> | null = null;
  let wanted = false;
  let claimedAtMs = 0;
  let starved = false;
  let phase: 'new' | 'started' | 'stopping' = 'new';
  let reclaiming = false;

  const upkeep = createEmbeddedUpkeep({
    database,
    onError: (err) => logger.warn(err, 'embedded database: upkeep failed, trying again'),
  });

  /** @returns whether there may be something to claim now that could not be claimed before. */
  async function perform({ id, retryCount, conversationId, messageId }: ClaimedReplyJob): Promise<boolean> {
    const attempt = { id, retryCount };
    try {
      const outcome = await handlers.reply({ conversationId, messageId }, attempt);
      if (outcome && 'more' in outcome) return outcome.more || claimedAtMs >= outcome.settledSinceMs;
      if (outcome) await ends.later(attempt, outcome.retryAfterMs);
      else await ends.done(attempt);
    } catch (err) {
      // When even this fails, the missing heartbeat gives the job back.
      await ends.failed(attempt, err).catch((error: Error) => logger.warn(error, 'reply: the failed try was not recorded'));
      void takeBack(false);
    }
    return true;
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
      while (wanted && phase !== 'stopping') {
        wanted = false;
        starved = false;
        const room = Math.min(BATCH, concurrency - running.size);
        starved ||= room <= 0;
        if (room <= 0) break;
        claimedAtMs = performance.now();
        const full = shares.full();
        starved ||= full.length > 0;
        const jobs = await claimReplyJobs(database.sql, room, full);
        for (const job of jobs) begin(job);
        const groups = jobs.map(({ groupId }) => groupId);
        if (shares.claimed(groups, full) || jobs.length === room) wanted = true;
        else await new Promise((resolve) => setTimeout(resolve, FETCH_PAUSE_MS));
      }
    } catch (err) {
      logger.warn(err as Error, 'reply: jobs could not be claimed, trying again');
    }
  }

  function begin(job: ClaimedReplyJob): void {
    shares.begin(job.groupId);
    const done = perform(job).then((lookAgain) => {
      running.delete(job.id);
      shares.end(job.groupId);
      upkeep.noteChange();
      if (lookAgain || starved) pump();
    });
    running.set(job.id, { attempt: { id: job.id, retryCount: job.retryCount }, done });
  }

  async function beat(): Promise<void> {
    if (running.size === 0) return;
    const attempts = [...running.values()].map(({ attempt }) => attempt);
    await boss.touch('reply', attempts).catch((err: Error) => logger.warn(err, 'reply: a heartbeat was not written'));
  }

  /** Jobs of dead workers come back, dead jobs go, so that no conversation stays blocked. */
  async function takeBack(everyone: boolean): Promise<void> {
    if (reclaiming || phase === 'stopping') return;
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
    /** Of connections and how many messages each brings: those whose jobs can begin at once, made as claimed (takeReplyJobsSql). */
    roomFor: (messages: ReadonlyMap<string, number>): string[] =>
      phase === 'started' ? shares.roomFor(messages, concurrency - running.size) : [],

    /** Begins jobs that were made as claimed; those that come too late for that go back into the queue. */
    take(jobs: readonly ClaimedReplyJob[]): void {
      for (const job of jobs) if (phase !== 'stopping') begin(job);
      if (phase !== 'stopping') return;
      const returned = Promise.all(jobs.map((job) => ends.later(job, 0)));
      returned.catch((err: Error) => logger.warn(err, 'reply: jobs were not given back, their heartbeat will do so'));
    },

    async start(): Promise<void> {
      await takeBack(database.kind === 'embedded');
      upkeep.start();
      notifications.on('jobs', pump);
      timers.push(
        setInterval(pump, POLL_MS),
        setInterval(() => void beat(), HEARTBEAT_MS),
        setInterval(() => void takeBack(false), RECLAIM_MS),
      );
      phase = 'started';
      pump();
    },

    /** Heartbeats go on until all is settled or the time is up; what is left then comes back by its missing heartbeat. */
    async stop(): Promise<void> {
      phase = 'stopping';
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

export type ReplyWorker = ReturnType<typeof createReplyWorker>;
