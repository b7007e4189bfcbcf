import type { ReplyWorker } from '#pipeline/reply-worker.ts';
import type { Queue } from '#platform/jobs/queue.ts';
import type { QueueJobs } from '#platform/jobs/queue-schema.ts';
import type { Logger } from '#platform/logger.ts';

/** What performs each kind of job besides replies. */
export interface JobHandlers {
  /** Throws: a failed try. */
  mail: (job: { id: string; data: QueueJobs['mail'] }) => Promise<void>;
  housekeeping: () => Promise<void>;
  connections: () => Promise<void>;
}

const MAIL_POLL_SECONDS = 2;
const HOURLY = '17 * * * *';
const EVERY_MINUTE = '* * * * *';

/** Performs jobs: replies many at once, mails and housekeeping one at a time. Started after the queue, stopped before it. */
export function createWorker({
  queue,
  replies,
  handlers,
  logger,
}: {
  queue: Queue;
  replies: Pick<ReplyWorker, 'start' | 'stop'>;
  handlers: JobHandlers;
  logger: Logger;
}) {
  return {
    async start(): Promise<void> {
      await replies.start();
      await queue.boss.work<QueueJobs['mail']>('mail', { pollingIntervalSeconds: MAIL_POLL_SECONDS }, async ([job]) => {
        if (!job) return;
        await handlers.mail(job);
        // pg-boss would keep a finished mail for up to a day.
        await queue.boss
          .deleteJob('mail', job.id)
          .catch((err: Error) => logger.warn(err, 'a mail that was sent was not removed'));
      });
      await queue.boss.work('housekeeping', { pollingIntervalSeconds: 30 }, handlers.housekeeping);
      await queue.boss.schedule('housekeeping', HOURLY);
      await queue.boss.work('connections', { pollingIntervalSeconds: 15 }, handlers.connections);
      await queue.boss.schedule('connections', EVERY_MINUTE);
    },

    /** Claims nothing more, lets what runs finish for up to 10 s and settles it. */
    stop: (): Promise<void> => replies.stop(),
  };
}
