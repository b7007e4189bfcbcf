import type { KnowledgeText } from '#answering/knowledge-source.ts';
import { DAY_MS } from '#core/durations.ts';
import type { Database } from '#platform/db/database.ts';
import { Prisma } from '#platform/db/generated/client.ts';
import { report } from '#platform/db/statement.ts';

export const ENTRY_ORIGINS = ['hand', 'preset', 'text', 'file', 'site', 'desk', 'conversation'] as const;
export type EntryOrigin = (typeof ENTRY_ORIGINS)[number];

export interface EntryRow {
  id: string;
  title: string;
  preview: string;
  updatedAt: Date;
  validUntil: Date | null;
  isExpired: boolean;
  hasBlanks: boolean;
  origin: EntryOrigin;
  sourceName: string;
}

export type Entry = KnowledgeText & { updatedAt: Date; validUntil: Date | null };

/** By where entries came from, or what they need. */
export const SHOWN = ['hand', 'preset', 'text', 'file', 'site', 'blanks', 'expiring'] as const;
export type Shown = (typeof SHOWN)[number] | '';

export interface PageOf {
  ids: string[] | null;
  show: Shown;
  limit: number;
  offset: number;
}

const PREVIEW_CHARS = 200;
const MOST_WITH_BLANKS = 50;
const TEXT = { id: true, title: true, content: true } as const;

const listEntries = report<{ tenantId: string; botId: string; previewChars: number } & PageOf, EntryRow>(
  import.meta.url,
  './statements/list-knowledge-entries.sql',
);

const EXPIRING_MS = 14 * DAY_MS;

function whereOf(show: Shown) {
  if (show === '') return {};
  if (show === 'blanks') return { hasBlanks: true };
  return show === 'expiring' ? { validUntil: { lte: new Date(Date.now() + EXPIRING_MS) } } : { origin: show };
}

/** What the pages of a bot's knowledge show. */
export const createKnowledgeReads = ({ prisma, sql }: Pick<Database, 'prisma' | 'sql'>) => ({
  async size(tenantId: string, botId: string): Promise<{ total: number; version: number }> {
    const bot = await prisma.bot.findFirst({
      where: { tenantId, id: botId },
      select: { knowledgeVersion: true, _count: { select: { knowledge: true } } },
    });
    return { total: bot?._count.knowledge ?? 0, version: bot?.knowledgeVersion ?? 0 };
  },

  page: (tenantId: string, botId: string, page: PageOf): Promise<EntryRow[]> =>
    listEntries(sql, { tenantId, botId, previewChars: PREVIEW_CHARS, ...page }),

  count: (tenantId: string, botId: string, { ids, show }: Pick<PageOf, 'ids' | 'show'>): Promise<number> =>
    prisma.knowledgeEntry.count({ where: { tenantId, botId, ...(ids && { id: { in: ids } }), ...whereOf(show) } }),

  /** What was deleted last under these ids. */
  deleted: async (tenantId: string, botId: string, ids: string[]): Promise<KnowledgeText[]> => {
    const rows = await prisma.revision.findMany({
      where: { tenantId, botId, subject: 'entry', subjectId: { in: ids }, content: { not: Prisma.AnyNull } },
      orderBy: { id: 'asc' },
      select: { subjectId: true, content: true },
    });
    const last = new Map(rows.map(({ subjectId, content }) => [subjectId, content as { title: string; content: string }]));
    return [...last].map(([id, { title, content }]) => ({ id, title, content }));
  },

  find: (tenantId: string, botId: string, id: string): Promise<Entry | null> =>
    prisma.knowledgeEntry.findFirst({ where: { tenantId, botId, id }, select: { ...TEXT, updatedAt: true, validUntil: true } }),

  /** Entries with blanks, in the order they were made. */
  withBlanks: (tenantId: string, botId: string): Promise<KnowledgeText[]> =>
    prisma.knowledgeEntry.findMany({
      where: { tenantId, botId, hasBlanks: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: MOST_WITH_BLANKS,
      select: TEXT,
    }),
});
