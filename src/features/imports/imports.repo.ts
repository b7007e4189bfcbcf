import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import type { Import, NewSource, Source } from './import.ts';

const SHOWN_IMPORTS = 20;

export interface ImportLine extends Import {
  names: string[];
  drafts: number;
}

/** Imports as their pages see them. */
export function createImportsRepo({ database }: { database: Database }) {
  const { prisma } = database;

  return {
    async create(
      { tenantId, botId, language, maxPages }: { tenantId: string; botId: string; language: string; maxPages: number },
      sources: readonly NewSource[],
    ): Promise<string> {
      const id = newId();
      await database.transaction(async (tx) => {
        await tx.knowledgeImport.create({ data: { id, tenantId, botId, language, maxPages } });
        for (const [position, { kind, name, content }] of sources.entries()) {
          const data = { id: newId(), tenantId, importId: id, position, kind, name, content: new Uint8Array(content) };
          await tx.importSource.create({ data, select: { id: true } });
        }
      });
      return id;
    },

    find: (tenantId: string, botId: string, id: string): Promise<Import | null> =>
      prisma.knowledgeImport.findFirst({ where: { tenantId, botId, id }, select: { id: true, state: true, createdAt: true } }),

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

    /** What was read stays. False when nothing is being read. */
    cancel: async (tenantId: string, id: string): Promise<boolean> => {
      const where = { tenantId, id, state: 'reading' } as const;
      return (
        (await prisma.knowledgeImport.updateMany({ where, data: { state: 'cancelled', finishedAt: await database.now() } }))
          .count === 1
      );
    },

    countReading: (tenantId: string): Promise<number> => prisma.knowledgeImport.count({ where: { tenantId, state: 'reading' } }),

    async removeOldAcrossTenants(before: Date): Promise<void> {
      await prisma.knowledgeImport.deleteMany({ where: { createdAt: { lt: before } } });
    },
  };
}

export type ImportsRepo = ReturnType<typeof createImportsRepo>;
