import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { type QueuedReply, queueReplyJobs } from './queue-replies.ts';

const redriveMessages = report<{ hours: number; botId: string | null }, QueuedReply & { messages: number }>(
  import.meta.url,
  './statements/redrive-messages.sql',
);

/**
 * R43, a job is out of tries: gives failed messages of the last `hours` another five tries, after the cause was repaired.
 * `botId` null: of every bot, across tenants. Operators run it at the shell. Returns the number of messages.
 */
export function createRedrive({ database }: { database: Database }) {
  return (scope: { hours: number; botId: string | null }): Promise<number> =>
    database.inTransaction(async (tx) => {
      const replies = await redriveMessages(tx, scope);
      await queueReplyJobs(tx, replies);
      return replies.reduce((sum, { messages }) => sum + messages, 0);
    });
}
