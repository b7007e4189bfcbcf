import { reopenConversation, resolveConversation } from '#pipeline/conversation-marks.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { ConversationCore } from './list.read.ts';
import { MESSAGES_PER_PAGE } from './messages.read.ts';

export interface ConversationHead extends ConversationCore {
  /** Null in a group. */
  customerId: string | null;
  language: string | null;
  /** By the customer or the staff; else it is as the customer writes. */
  languageChosen: boolean;
  /** What the link said by which the customer came first. */
  source: string | null;
  unreachableAt: Date | null;
  /** Null: open. */
  doneAt: Date | null;
  connectionId: string;
  /** Enabled by the owner and covered by the plan. */
  connectionOn: boolean;
  lastCustomerMessageAt: Date | null;
  createdAt: Date;
  /** Changes with the page's content. It is read before the messages, so that no change is missed. */
  version: string;
}

const conversationHead = report<{ tenantId: string; botId: string | null; id: string }, Omit<ConversationHead, 'version'>>(
  import.meta.url,
  './statements/conversation-head.sql',
);
const conversationVersions = report<
  { tenantIds: string[]; botIds: (string | null)[]; ids: string[]; messages: number },
  { id: string; version: string }
>(import.meta.url, './statements/conversation-versions.sql');

/** The playground's conversations have no connection and are never included. */
export function createConversationsRepo({ database }: { database: Database }) {
  const { sql } = database;

  /** By id, for conversations that exist. `botId` null: any bot of the tenant. */
  async function versions(watched: { tenantId: string; botId: string | null; id: string }[]): Promise<Map<string, string>> {
    const rows = await conversationVersions(sql, {
      tenantIds: watched.map(({ tenantId }) => tenantId),
      botIds: watched.map(({ botId }) => botId),
      ids: watched.map(({ id }) => id),
      messages: MESSAGES_PER_PAGE,
    });
    return new Map(rows.map(({ id, version }) => [id, version]));
  }

  return {
    versions,

    async find(tenantId: string, botId: string | null, id: string): Promise<ConversationHead | null> {
      // The version is read first, so later changes notify the open page.
      const version = (await versions([{ tenantId, botId, id }])).get(id);
      const [head] = await conversationHead(sql, { tenantId, botId, id });
      return head && version !== undefined ? { ...head, version } : null;
    },

    resolve: (tenantId: string, botId: string, conversationId: string): Promise<boolean> =>
      resolveConversation(sql, { tenantId, botId, conversationId }),

    reopen: (tenantId: string, botId: string, conversationId: string): Promise<boolean> =>
      reopenConversation(sql, { tenantId, botId, conversationId }),
  };
}

export type ConversationsRepo = ReturnType<typeof createConversationsRepo>;
