import type { Database } from '../db/database.ts';
import type { Notifications } from '../db/notifications.ts';
import type { Logger } from '../logger.ts';
import { createBoss, ensureQueues, type QueueJobs, type QueueName } from './queue-schema.ts';

/**
 * Where work waits. `working`: this process performs jobs, so it also keeps the queue's house (retention, schedules). Jobs
 * that must commit with other rows are inserted by pipeline/queue-replies.ts instead.
 */
export function createQueue({
  database,
  notifications,
  logger,
  working,
}: {
  database: Database;
  notifications: Notifications;
  logger: Logger;
  working: boolean;
}) {
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

    /** `key`: jobs of one key run one after another. `id`: the job's own, a UUID. */
    async enqueue<Name extends QueueName>(
      name: Name,
      data: QueueJobs[Name],
      { id, key, startAfterSeconds }: { id?: string; key?: string; startAfterSeconds?: number } = {},
    ): Promise<void> {
      await boss.send(name, data, {
        ...(id !== undefined && { id }),
        ...(key !== undefined && { singletonKey: key }),
        ...(startAfterSeconds !== undefined && { startAfter: startAfterSeconds }),
      });
      await notifications.notify('jobs');
    },

    stop: (): Promise<void> => boss.stop({ graceful: false, close: false }),
  };
}

export type Queue = ReturnType<typeof createQueue>;
