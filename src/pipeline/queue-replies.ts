import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** A message that needs a reply job. */
export interface QueuedReply {
  conversationId: string;
  connectionId: string;
  messageId: number;
}

const insertReplyJobs = report<
  { conversationIds: string[]; connectionIds: string[]; messageIds: number[] },
  { queued: number; notified: string | null }
>(import.meta.url, './statements/queue-reply-jobs.sql');
const insertOwnReplyJob = report<QueuedReply, { notified: string }>(import.meta.url, './statements/queue-own-reply-job.sql');

/** Queues a reply job per conversation, in the caller's transaction. Returns the number of jobs that now wait. */
export async function queueReplyJobs(tx: Sql, replies: readonly QueuedReply[]): Promise<number> {
  if (replies.length === 0) return 0;
  const [row] = await insertReplyJobs(tx, {
    conversationIds: replies.map(({ conversationId }) => conversationId),
    connectionIds: replies.map(({ connectionId }) => connectionId),
    messageIds: replies.map(({ messageId }) => messageId),
  });
  return row?.queued ?? 0;
}

/** Queues a job for a staff reply alone, in the caller's transaction. */
export async function queueOwnReplyJob(tx: Sql, reply: QueuedReply): Promise<void> {
  await insertOwnReplyJob(tx, reply);
}
