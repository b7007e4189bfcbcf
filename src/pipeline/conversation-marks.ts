// Small changes of conversations and customers for other features.
import type { ReplyLanguage } from '#core/languages.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const resolve = report<{ tenantId: string; botId: string; conversationId: string }, { id: string }>(
  import.meta.url,
  './statements/resolve-conversation.sql',
);

/** False when there is no such conversation. */
export const resolveConversation = async (sql: Sql, of: Parameters<typeof resolve>[1]): Promise<boolean> =>
  (await resolve(sql, of)).length === 1;

const reopen = report<{ tenantId: string; botId: string; conversationId: string }, { id: string }>(
  import.meta.url,
  './statements/reopen-conversation.sql',
);

/** False when it was open. */
export const reopenConversation = async (sql: Sql, of: Parameters<typeof reopen>[1]): Promise<boolean> =>
  (await reopen(sql, of)).length === 1;

const chooseOptOut = report<{ tenantId: string; customerId: string; out: boolean }, { id: string }>(
  import.meta.url,
  './statements/choose-opt-out.sql',
);

/** By the staff. False when it was so. */
export const setOptOut = async (sql: Sql, of: Parameters<typeof chooseOptOut>[1]): Promise<boolean> =>
  (await chooseOptOut(sql, of)).length === 1;

const setLanguage = report<
  { tenantId: string; botId: string; conversationId: string; language: ReplyLanguage | null },
  { id: string }
>(import.meta.url, './statements/set-conversation-language.sql');

/** False when there is no such conversation. */
export const setConversationLanguage = async (sql: Sql, of: Parameters<typeof setLanguage>[1]): Promise<boolean> =>
  (await setLanguage(sql, of)).length === 1;

export const setGroupReachable = report<{
  connectionId: string;
  leaseEpoch: number | null;
  chatId: string;
  reachable: boolean;
}>(import.meta.url, './statements/set-group-reachable.sql');

/** `leaseEpoch` is null for webhooks, which need no lease. */
export const setReachable = report<{
  connectionId: string;
  leaseEpoch: number | null;
  platformUserId: string;
  reachable: boolean;
}>(import.meta.url, './statements/set-reachable.sql');
