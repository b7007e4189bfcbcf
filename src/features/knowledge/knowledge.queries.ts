import type { KnowledgeText } from '#answering/knowledge-search.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

/** A row of the list: the beginning of the content only. */
export interface EntryRow {
  id: string;
  title: string;
  preview: string;
  updatedAt: Date;
}

export type Entry = KnowledgeText & { updatedAt: Date };
export type Saved = 'saved' | 'not_found' | 'full';

export interface PageOf {
  /** Only these entries; null: all. */
  ids: string[] | null;
  limit: number;
  offset: number;
}

const PREVIEW_CHARS = 200;
/** Counted for each entry besides its text, so that a million tiny entries use up the quota. */
const ROW_BYTES = 500;
const TEXT = { id: true, title: true, content: true } as const;

const listEntries = report<{ tenantId: string; botId: string; previewChars: number } & PageOf, EntryRow>(
  import.meta.url,
  './statements/list-knowledge-entries.sql',
);

/**
 * What bots know. Rows are locked in the order bot, tenant, entry, as a deletion of the bot and a new connection lock them. Another
 * order would deadlock.
 * The only writer of `knowledge_entries` and of `bots.knowledge_version`.
 */
export function createKnowledgeQueries({ database, maxTenantBytes }: { database: Database; maxTenantBytes: number }) {
  const { prisma } = database;

  /** Whether the tenant has room for the entry. The lock orders two writers: the second counts the bytes of the first. */
  async function hasRoom(tx: Transaction, tenantId: string, { id, title, content }: KnowledgeText): Promise<boolean> {
    await lockRow(tx, 'tenant', tenantId);
    // Tagged SQL, since Prisma cannot sum bytes. octet_length does not unpack a long text.
    const [used] = await tx.$queryRaw<{ bytes: bigint }[]>`
      SELECT coalesce(sum(octet_length(title) + octet_length(content) + ${ROW_BYTES}::int), 0)::bigint AS bytes
      FROM knowledge_entries WHERE bot_id IN (SELECT id FROM bots WHERE tenant_id = ${tenantId}::uuid) AND id <> ${id}::uuid`;
    const wanted = Buffer.byteLength(title) + Buffer.byteLength(content) + ROW_BYTES;
    return Number(used?.bytes ?? 0) + wanted <= maxTenantBytes;
  }

  /** Makes every process' search index of the bot stale. False when there is no such bot. */
  const raiseVersion = async (tx: Transaction, tenantId: string, botId: string): Promise<boolean> => {
    const data = { knowledgeVersion: { increment: 1 } };
    return (await tx.bot.updateMany({ where: { tenantId, id: botId }, data })).count === 1;
  };

  return {
    /** How many entries a bot has, and which version of its knowledge they are. */
    async size(tenantId: string, botId: string): Promise<{ total: number; version: number }> {
      const bot = await prisma.bot.findFirst({
        where: { tenantId, id: botId },
        select: { knowledgeVersion: true, _count: { select: { knowledge: true } } },
      });
      return { total: bot?._count.knowledge ?? 0, version: bot?.knowledgeVersion ?? 0 };
    },

    /** Newest change first. */
    page: (tenantId: string, botId: string, page: PageOf): Promise<EntryRow[]> =>
      listEntries(database.sql, { tenantId, botId, previewChars: PREVIEW_CHARS, ...page }),

    find: (tenantId: string, botId: string, id: string): Promise<Entry | null> =>
      prisma.knowledgeEntry.findFirst({ where: { tenantId, botId, id }, select: { ...TEXT, updatedAt: true } }),

    /** Everything a bot knows, for the search index. */
    texts: (tenantId: string, botId: string): Promise<KnowledgeText[]> =>
      prisma.knowledgeEntry.findMany({ where: { tenantId, botId }, select: TEXT, orderBy: { id: 'asc' } }),

    insert: (tenantId: string, botId: string, entry: KnowledgeText): Promise<Saved> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        if ((await tx.bot.count({ where: { tenantId, id: botId } })) === 0) return 'not_found';
        if (!(await hasRoom(tx, tenantId, entry))) return 'full';
        if (!(await raiseVersion(tx, tenantId, botId))) return 'not_found';
        await tx.knowledgeEntry.create({ data: { tenantId, botId, ...entry } });
        return 'saved';
      }),

    update: (tenantId: string, botId: string, { id, title, content }: KnowledgeText): Promise<Saved> =>
      database.transaction(async (tx) => {
        const where = { tenantId, botId, id };
        await lockRow(tx, 'bot', botId);
        if ((await tx.knowledgeEntry.count({ where })) === 0) return 'not_found';
        if (!(await hasRoom(tx, tenantId, { id, title, content }))) return 'full';
        if ((await tx.knowledgeEntry.updateMany({ where, data: { title, content } })).count === 0) return 'not_found';
        await raiseVersion(tx, tenantId, botId);
        return 'saved';
      }),

    /** The title of the deleted entry; null when there was none. */
    remove: (tenantId: string, botId: string, id: string): Promise<string | null> =>
      database.transaction(async (tx) => {
        const where = { tenantId, botId, id };
        await lockRow(tx, 'bot', botId);
        const entry = await tx.knowledgeEntry.findFirst({ where, select: { title: true } });
        if (!entry || (await tx.knowledgeEntry.deleteMany({ where })).count === 0) return null;
        await raiseVersion(tx, tenantId, botId);
        return entry.title;
      }),
  };
}

export type KnowledgeQueries = ReturnType<typeof createKnowledgeQueries>;
