import type { ChannelKind } from '#core/message.ts';
import { addDays, startOfDay } from '#core/time.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { Database, Prisma } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { ConversationFilter } from './list-query.ts';
import { createConversationSearch } from './search.read.ts';

/** What the list and the open conversation show alike. */
export interface ConversationCore {
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
}

export interface ConversationSummary extends ConversationCore {
  /** The newest message; in a search the newest that has its words. */
  messageId: number | null;
  /** As a customer would read it. */
  lastText: string | null;
  lastKind: string | null;
  lastDirection: 'in' | 'out' | null;
  lastMode: string | null;
  isMatch: boolean;
  /** A member's username. */
  assignedTo: string | null;
  /** By this member. */
  isUnread: boolean;
}

export interface LabelMark {
  name: string;
  colour: string;
}

export const PAGE_SIZE = 30;
const PREVIEW_CHARS = 140;

const conversationRows = report<
  { tenantId: string; userId: string | null; ids: string[]; matches: number[]; previewChars: number },
  ConversationSummary
>(import.meta.url, './statements/conversation-rows.sql');

const inboxVersions = report<{ tenantIds: string[]; rows: number }, { tenantId: string; version: string }>(
  import.meta.url,
  './statements/inbox-versions.sql',
);

/** The list of the inbox. The playground's conversations have no connection and are never in it. */
export function createListRead({ database }: { database: Database }) {
  const { prisma, sql } = database;
  const search = createConversationSearch({ database });

  return {
    /** One more than a page has, newest first. `userId`: for whom it says what is unread. */
    async list(tenantId: string, userId: string | null, filter: ConversationFilter): Promise<ConversationSummary[]> {
      const found = filter.q === '' ? null : await search(tenantId, filter.q, PAGE_SIZE + 1);
      const page = await prisma.conversation.findMany({
        where: { tenantId, ...(found && { id: { in: [...found.keys()] } }), ...whereOf(filter) },
        orderBy: [{ lastMessageAt: 'desc' }, { id: 'desc' }],
        take: PAGE_SIZE + 1,
        select: { id: true },
      });
      const ids = page.map(({ id }) => id);
      const matches = ids.map((id) => found?.get(id) ?? 0);
      const rows = await conversationRows(sql, { tenantId, userId, ids, matches, previewChars: PREVIEW_CHARS });
      return rows.map(({ lastText, ...row }) => ({ ...row, lastText: lastText && shownText(lastText, row.lastMode) }));
    },

    /** By conversation. */
    async labelsOf(tenantId: string, ids: string[]): Promise<Map<string, LabelMark[]>> {
      const rows = await prisma.conversationLabel.findMany({
        where: { tenantId, conversationId: { in: ids } },
        select: { conversationId: true, label: { select: { name: true, colour: true } } },
        orderBy: { label: { nameKey: 'asc' } },
      });
      const labels = new Map<string, LabelMark[]>();
      for (const { conversationId, label } of rows) labels.set(conversationId, [...(labels.get(conversationId) ?? []), label]);
      return labels;
    },

    /** By business. */
    async versions(tenantIds: string[]): Promise<Map<string, string>> {
      const rows = await inboxVersions(sql, { tenantIds, rows: PAGE_SIZE });
      return new Map(rows.map(({ tenantId, version }) => [tenantId, version]));
    },

    /** What the list can be narrowed to. */
    async choices(tenantId: string) {
      const named = { where: { tenantId }, select: { id: true, name: true } } as const;
      const [bots, labels] = await Promise.all([
        prisma.bot.findMany({ ...named, orderBy: { createdAt: 'asc' } }),
        prisma.label.findMany({ ...named, orderBy: { nameKey: 'asc' } }),
      ]);
      return { bots, labels };
    },
  };
}

export type ListRead = ReturnType<typeof createListRead>;

function whereOf(filter: ConversationFilter): Prisma.ConversationWhereInput {
  const { botId, channel, labelId, assignedTo, fromDay, toDay, timeZone, after } = filter;
  const days = {
    ...(fromDay && { gte: startOfDay(fromDay, timeZone) }),
    ...(toDay && { lt: startOfDay(addDays(toDay, 1), timeZone) }),
  };
  return {
    connectionId: { not: null },
    ...(botId && { botId }),
    ...(channel && { connection: { platform: channel as Prisma.EnumPlatformFilter['equals'] & string } }),
    ...((filter.waitingOnly || filter.nobodysOnly) && { needsPersonAt: { not: null } }),
    ...(filter.takenOnly && { silencedUntil: { gt: new Date() } }),
    ...(filter.nobodysOnly && { assignment: null }),
    ...(filter.doneOnly && { doneAt: { not: null } }),
    ...(assignedTo && { assignment: { userId: assignedTo } }),
    ...(labelId && { labels: { some: { labelId } } }),
    ...(Object.keys(days).length > 0 && { lastMessageAt: days }),
    ...(after && {
      OR: [{ lastMessageAt: { lt: after.at } }, { lastMessageAt: after.at, id: { lt: after.id } }],
    }),
  };
}
