import { createBatcher } from '#platform/batcher.ts';
import { isUnavailable } from '#platform/db/failures.ts';
import type { Queue } from '#platform/jobs/queue.ts';
import type { Logger } from '#platform/logger.ts';
import { type Attempt, postpone } from './reply-jobs.ts';

const SETTLE_SPACING_MS = 10;
// After the database failed a job; twice that at random, so that all of them do not come back at once.
const AFTER_OUTAGE_MS = 500;

/** How an attempt at a reply job ends, fenced: a worker that lost its claim settles nothing. */
export function createAttemptEnds({ queue: { boss, database }, logger }: { queue: Queue; logger: Logger }) {
  const settled = createBatcher<Attempt, void>({
    spacingMs: SETTLE_SPACING_MS,
    maxItems: 500,
    flush: async (attempts) => {
      await boss.deleteJob('reply', attempts);
      return [];
    },
  });

  return {
    done: settled.add,

    /** Given back until later, without counting as failed. */
    later: (attempt: Attempt, delayMs: number): Promise<void> => postpone(database.sql, attempt, delayMs),

    /** R04: what the database did not let us do says nothing against the job, so it is no try of its five. */
    failed(attempt: Attempt, err: unknown): Promise<unknown> {
      if (isUnavailable(err)) return postpone(database.sql, attempt, AFTER_OUTAGE_MS * (1 + Math.random()));
      logger.error({ err, job: attempt.id, try: attempt.retryCount + 1 }, 'reply: a try failed');
      return boss.fail('reply', attempt);
    },
  };
}
