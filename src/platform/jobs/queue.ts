import type { Database } from '../db/database.ts';
import type { Logger } from '../logger.ts';
import { createBoss, ensureQueues, type QueueJobs, type QueueName } from './queue-schema.ts';

/** Jobs besides replies (see pipeline/work.ts). A `working` process also does the queue's upkeep (retention, schedules). */
export function createQueue({ database, logger, working }: { database: Database; logger: Logger; working: boolean }) {
  const boss = createBoss(database, {
    supervise: working,
    schedule: working,
    onError: (err) => logger.warn(err, 'queue: recovered from an error'),
  });

  return {
    boss,
    database,

    async start(): Promise<void> {
      await boss.start();
      await ensureQueues(boss);
    },

    /** `id`: the job's UUID. */
    async enqueue<Name extends QueueName>(
      name: Name,
      data: QueueJobs[Name],
      { id, afterSeconds }: { id?: string; afterSeconds?: number } = {},
    ): Promise<void> {
      await boss.send(name, data, {
        ...(id !== undefined && { id }),
        ...(afterSeconds !== undefined && { startAfter: afterSeconds }),
      });
    },

    stop: (): Promise<void> => boss.stop({ graceful: false, close: false }),
  };
}

export type Queue = ReturnType<typeof createQueue>;
