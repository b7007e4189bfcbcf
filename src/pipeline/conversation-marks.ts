// Small changes of conversations and customers that other features ask for.
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const resolve = report<{ tenantId: string; botId: string; conversationId: string }, { id: string }>(
  import.meta.url,
  './statements/resolve-conversation.sql',
);

/** The conversation needs no person any more. False when there is no such conversation. */
export const resolveConversation = async (sql: Sql, of: Parameters<typeof resolve>[1]): Promise<boolean> =>
  (await resolve(sql, of)).length === 1;

/** Notes whether a customer can be written to. `leaseEpoch`: the poller's; null for webhooks, which need no lease. */
export const setReachable = report<{
  connectionId: string;
  leaseEpoch: number | null;
  platformUserId: string;
  reachable: boolean;
}>(import.meta.url, './statements/set-reachable.sql');
