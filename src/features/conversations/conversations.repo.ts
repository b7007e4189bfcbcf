import type { ChannelKind } from '#core/message.ts';
import { resolveConversation } from '#pipeline/conversation-marks.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Cursor } from '#web/paging.ts';
import { MESSAGES_PER_PAGE } from './messages.read.ts';

export interface ConversationSummary {
  id: string;
  botId: string;
  botName: string;
  platform: ChannelKind;
  customerName: string | null;
  username: string | null;
  isGroup: boolean;
  needsPersonAt: Date | null;
  needsPersonWhy: 'asked' | 'no_answer' | 'wrote' | 'late' | null;
  /** Until then a person answers and the bot is silent. */
  silencedUntil: Date | null;
  lastMessageAt: Date;
  lastText: string | null;
  lastKind: string | null;
  lastDirection: 'in' | 'out' | null;
  lastMode: string | null;
}

export interface ConversationHead extends Omit<ConversationSummary, 'lastText' | 'lastKind' | 'lastDirection' | 'lastMode'> {
  /** Null in a group. */
  customerId: string | null;
  language: string | null;
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

export interface ConversationFilter {
  botId: string | null;
  q: string;
  waitingOnly: boolean;
  takenOnly: boolean;
  after: Cursor | null;
}

export const PAGE_SIZE = 30;
const PREVIEW_CHARS = 140;
const MAX_SEARCHED = 20_000;

const conversationsPage = report<
  {
    tenantId: string;
    botId: string | null;
    search: string;
    waitingOnly: boolean;
    takenOnly: boolean;
    afterAt: Date | null;
    afterId: string | null;
    size: number;
    searched: number;
    previewChars: number;
  },
  ConversationSummary
>(import.meta.url, './statements/conversations-page.sql');
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

    list: (tenantId: string, { q, after, ...filter }: ConversationFilter): Promise<ConversationSummary[]> =>
      conversationsPage(sql, {
        tenantId,
        ...filter,
        search: q === '' ? '' : containing(q),
        afterAt: after?.at ?? null,
        afterId: after?.id ?? null,
        size: PAGE_SIZE + 1,
        searched: MAX_SEARCHED,
        previewChars: PREVIEW_CHARS,
      }),

    async find(tenantId: string, botId: string | null, id: string): Promise<ConversationHead | null> {
      // The version is read first, so later changes notify the open page.
      const version = (await versions([{ tenantId, botId, id }])).get(id);
      const [head] = await conversationHead(sql, { tenantId, botId, id });
      return head && version !== undefined ? { ...head, version } : null;
    },

    resolve: (tenantId: string, botId: string, conversationId: string): Promise<boolean> =>
      resolveConversation(sql, { tenantId, botId, conversationId }),
  };
}

export type ConversationsRepo = ReturnType<typeof createConversationsRepo>;

const containing = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`;
