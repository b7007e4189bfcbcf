import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, nowIn, type Transaction } from '#platform/db/row-lock.ts';
import type { Import, NewSource, Source } from './import.ts';

const SHOWN_IMPORTS = 20;

export interface NewImport {
  tenantId: string;
  botId: string;
  language: string;
  maxPages: number;
  weekly?: boolean;
}

/** Of one business at a time. */
export interface ImportRoom {
  reading: number;
  /** Files that are not read yet, and drafts that are not reviewed. */
  bytes: number;
}

export interface ImportLine extends Import {
  names: string[];
  drafts: number;
}

export interface SiteReading extends NewImport {
  id: string;
  name: string;
}

const SITE = {
  ...{ id: true, tenantId: true, botId: true, language: true, maxPages: true, weekly: true },
  sources: { where: { kind: 'site' }, take: 1, select: { name: true } },
} as const;

const siteReading = ({ sources, ...row }: NewImport & { id: string; sources: { name: string }[] }): SiteReading => ({
  ...row,
  name: sources[0]?.name ?? '',
});

/** Imports as their pages see them. */
export function createImportsRepo({ database }: { database: Database }) {
  const { prisma } = database;

  async function waitingBytes(tx: Transaction, tenantId: string): Promise<number> {
    // Prisma cannot sum bytes. octet_length decompresses no long text.
    const [row] = await tx.$queryRaw<{ bytes: bigint }[]>`
      WITH own AS (
        SELECT id FROM knowledge_imports WHERE bot_id IN (SELECT id FROM bots WHERE tenant_id = ${tenantId}::uuid)
      )
      SELECT (
        (SELECT coalesce(sum(octet_length(content)), 0) FROM import_sources WHERE import_id IN (SELECT id FROM own))
        + (SELECT coalesce(sum(octet_length(title) + octet_length(content)), 0)
           FROM import_drafts
           WHERE import_id IN (SELECT id FROM own))
      )::bigint AS bytes`;
    return Number(row?.bytes ?? 0);
  }

  return {
    /** The lock orders two starts of one business: the second counts the first. */
    create: ({ tenantId, ...row }: NewImport, sources: readonly NewSource[], most: ImportRoom) =>
      database.transaction(async (tx): Promise<{ id: string } | 'busy' | 'full'> => {
        await lockRow(tx, 'tenant', tenantId);
        if ((await tx.knowledgeImport.count({ where: { tenantId, state: 'reading' } })) >= most.reading) return 'busy';
        const bytes = sources.reduce((sum, { content }) => sum + content.length, 0);
        if (bytes + (await waitingBytes(tx, tenantId)) > most.bytes) return 'full';
        const id = newId();
        await tx.knowledgeImport.create({ data: { id, tenantId, ...row } });
        for (const [position, { kind, name, content }] of sources.entries()) {
          const data = { id: newId(), tenantId, importId: id, position, kind, name, content: new Uint8Array(content) };
          await tx.importSource.create({ data, select: { id: true } });
        }
        return { id };
      }),

    find: (tenantId: string, botId: string, id: string): Promise<Import | null> =>
      prisma.knowledgeImport.findFirst({
        where: { tenantId, botId, id },
        select: { id: true, state: true, weekly: true, createdAt: true },
      }),

    sources: async (tenantId: string, importId: string): Promise<Source[]> =>
      (await prisma.importSource.findMany({
        where: { tenantId, importId },
        orderBy: { position: 'asc' },
        select: { id: true, kind: true, name: true, state: true, reason: true },
      })) as Source[],

    async list(tenantId: string, botId: string): Promise<ImportLine[]> {
      const rows = await prisma.knowledgeImport.findMany({
        where: { tenantId, botId },
        orderBy: { createdAt: 'desc' },
        take: SHOWN_IMPORTS,
        select: {
          id: true,
          state: true,
          weekly: true,
          createdAt: true,
          sources: { orderBy: { position: 'asc' }, take: 3, select: { name: true } },
          _count: { select: { drafts: { where: { state: 'open' } } } },
        },
      });
      return rows.map(({ sources, _count, ...row }) => ({
        ...row,
        names: sources.map(({ name }) => name),
        drafts: _count.drafts,
      }));
    },

    /** What was read stays, the rest of the files is erased. False when nothing is being read. */
    cancel: (tenantId: string, id: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        const where = { tenantId, id, state: 'reading' } as const;
        const ended = { state: 'cancelled', finishedAt: await nowIn(tx) } as const;
        if ((await tx.knowledgeImport.updateMany({ where, data: ended })).count === 0) return false;
        await tx.importSource.updateMany({ where: { tenantId, importId: id }, data: { content: null } });
        return true;
      }),

    /** How a site is read: what another reading of it takes over. Null: it is no site. */
    async siteOf(tenantId: string, id: string): Promise<SiteReading | null> {
      const found = await prisma.knowledgeImport.findFirst({ where: { tenantId, id }, select: SITE });
      return found?.sources[0] ? siteReading(found) : null;
    },

    async setWeekly(tenantId: string, id: string, weekly: boolean): Promise<void> {
      await prisma.knowledgeImport.updateMany({ where: { tenantId, id }, data: { weekly } });
    },

    /** Sites whose week is over. */
    dueAcrossTenants: async (before: Date, most: number): Promise<SiteReading[]> =>
      (
        await prisma.knowledgeImport.findMany({
          where: { weekly: true, state: { not: 'reading' }, createdAt: { lt: before } },
          orderBy: { createdAt: 'asc' },
          take: most,
          select: SITE,
        })
      ).flatMap((found) => (found.sources[0] ? [siteReading(found)] : [])),

    async removeOldAcrossTenants(before: Date): Promise<void> {
      await prisma.knowledgeImport.deleteMany({ where: { createdAt: { lt: before } } });
    },
  };
}

export type ImportsRepo = ReturnType<typeof createImportsRepo>;
