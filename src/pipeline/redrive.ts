import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { askForReplies, type NeededWork } from './work.ts';

const redriveMessages = report<{ hours: number; botId: string | null }, NeededWork & { messages: number }>(
  import.meta.url,
  './statements/redrive-messages.sql',
);

/** Gives failed messages another five tries after a repair. `botId` null: every bot, across tenants. Returns their number. */
export function createRedrive({ database }: { database: Database }) {
  return (scope: { hours: number; botId: string | null }): Promise<number> =>
    database.inTransaction(async (tx) => {
      const replies = await redriveMessages(tx, scope);
      await askForReplies(tx, replies);
      return replies.reduce((sum, { messages }) => sum + messages, 0);
    });
}
