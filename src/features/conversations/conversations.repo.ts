import type { ChannelKind } from '#core/message.ts';
import { resolveConversation } from '#pipeline/conversation-marks.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Cursor } from '#web/paging.ts';
import { MESSAGES_PER_PAGE } from './messages.read.ts';

/** One line of the list. */
export interface ConversationSummary {
  id: string;
  botId: string;
  botName: string;
  platform: ChannelKind;
  customerName: string | null;
  username: string | null;
  needsPersonAt: Date | null;
  needsPersonWhy: 'asked' | 'no_answer' | 'wrote' | null;
  /** A person answers, here or in the platform's app: the bot leaves the conversation to them until then. */
  silencedUntil: Date | null;
  lastMessageAt: Date;
  lastText: string | null;
  lastKind: string | null;
  lastDirection: 'in' | 'out' | null;
  lastMode: string | null;
}

/** The head of a conversation's page. */
export interface ConversationHead extends Omit<ConversationSummary, 'lastText' | 'lastKind' | 'lastDirection' | 'lastMode'> {
  language: string | null;
  isGroup: boolean;
  unreachableAt: Date | null;
  /** The owner lets the connection work, and the plan covers it. */
  connectionOn: boolean;
  lastCustomerMessageAt: Date | null;
  createdAt: Date;
  /** Changes with whatever its page shows. It is read before the messages, so that none is missed. */
  version: string;
}

export interface ConversationFilter {
  /** Null: all bots. */
  botId: string | null;
  /** Part of the customer's name or username. */
  q: string;
  waitingOnly: boolean;
  /** Those a person answers. */
  takenOnly: boolean;
  after: Cursor | null;
}

export const PAGE_SIZE = 30;
const PREVIEW_CHARS = 140;

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

/** Customers' conversations as pages show them. The playground's, which have no connection, are never among them. */
export function createConversationsRepo({ database }: { database: Database }) {
  const { sql } = database;

  /** The version of each conversation that exists, by its id. `botId` null: of any bot of the tenant. */
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

    /** One page, newest first, and one more row when there is another page. */
    list: (tenantId: string, { q, after, ...filter }: ConversationFilter): Promise<ConversationSummary[]> =>
      conversationsPage(sql, {
        tenantId,
        ...filter,
        search: q === '' ? '' : containing(q),
        afterAt: after?.at ?? null,
        afterId: after?.id ?? null,
        size: PAGE_SIZE + 1,
        previewChars: PREVIEW_CHARS,
      }),

    /** `botId` null: of any bot of the tenant. */
    async find(tenantId: string, botId: string | null, id: string): Promise<ConversationHead | null> {
      // The version comes first: of what changes in between, a watching page is notified.
      const version = (await versions([{ tenantId, botId, id }])).get(id);
      const [head] = await conversationHead(sql, { tenantId, botId, id });
      return head && version !== undefined ? { ...head, version } : null;
    },

    /** The conversation needs no person any more. False when there is no such conversation. */
    resolve: (tenantId: string, botId: string, conversationId: string): Promise<boolean> =>
      resolveConversation(sql, { tenantId, botId, conversationId }),
  };
}

export type ConversationsRepo = ReturnType<typeof createConversationsRepo>;

const containing = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`;
