import type { ReplyWorker } from '#pipeline/reply-worker.ts';
import type { Queue } from '#platform/jobs/queue.ts';
import { MAIL_QUEUES, type QueueJobs } from '#platform/jobs/queue-schema.ts';
import type { Logger } from '#platform/logger.ts';

export interface JobHandlers {
  mail: (job: { id: string; data: QueueJobs['mail'] }) => Promise<void>;
  housekeeping: () => Promise<void>;
  connections: () => Promise<void>;
  suggestions: () => Promise<void>;
  quality: () => Promise<void>;
}

const MAIL_POLL_SECONDS = 2;
const HOURLY = '17 * * * *';
const EVERY_MINUTE = '* * * * *';

/** Replies run concurrently, mails of a queue and housekeeping one at a time. Started after the queue and stopped before it. */
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
  const sendMailsOf = (name: (typeof MAIL_QUEUES)[number]): Promise<string> =>
    queue.boss.work<QueueJobs['mail']>(name, { pollingIntervalSeconds: MAIL_POLL_SECONDS }, async ([job]) => {
      if (!job) return;
      await handlers.mail(job);
      // pg-boss would keep a finished mail for up to a day.
      await queue.boss.deleteJob(name, job.id).catch((err: Error) => logger.warn(err, 'a mail that was sent was not removed'));
    });

  return {
    async start(): Promise<void> {
      await replies.start();
      for (const name of MAIL_QUEUES) await sendMailsOf(name);
      await queue.boss.work('housekeeping', { pollingIntervalSeconds: 30 }, handlers.housekeeping);
      await queue.boss.schedule('housekeeping', HOURLY);
      await queue.boss.work('connections', { pollingIntervalSeconds: 15 }, handlers.connections);
      await queue.boss.schedule('connections', EVERY_MINUTE);
      await queue.boss.work('suggestions', { pollingIntervalSeconds: 5 }, handlers.suggestions);
      await queue.boss.schedule('suggestions', EVERY_MINUTE);
      await queue.boss.work('quality', { pollingIntervalSeconds: 5 }, handlers.quality);
      await queue.boss.schedule('quality', EVERY_MINUTE);
    },

    /** Running jobs may finish within 10 s. */
    stop: (): Promise<void> => replies.stop(),
  };
}
