import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import type { DraftRow, ReadDraft } from './import.ts';

const SHOWN = {
  id: true,
  title: true,
  content: true,
  place: true,
  notes: true,
  entryId: true,
  source: { select: { kind: true, name: true } },
} as const;
const ORDER = [{ source: { position: 'asc' } }, { position: 'asc' }, { id: 'asc' }] as const;
const MOST_DRAFTS = 5_000;

/** Drafts under review. An accepted or refused one is none of them any more. */
export function createDraftsRepo({ database }: { database: Database }) {
  const { prisma } = database;
  const openOf = (tenantId: string, importId: string) => ({ tenantId, importId, state: 'open' as const });

  return {
    count: (tenantId: string, importId: string): Promise<number> =>
      prisma.importDraft.count({ where: openOf(tenantId, importId) }),

    /** In the order of their sources; `ids` null: all. */
    open: async (
      tenantId: string,
      importId: string,
      { ids = null, skip = 0, take = MOST_DRAFTS }: { ids?: string[] | null; skip?: number; take?: number } = {},
    ): Promise<DraftRow[]> =>
      (await prisma.importDraft.findMany({
        where: { ...openOf(tenantId, importId), ...(ids && { id: { in: ids } }) },
        orderBy: [...ORDER],
        skip,
        take,
        select: SHOWN,
      })) as unknown as DraftRow[],

    /** Their texts are erased: an accepted one is an entry now. */
    async settle(tenantId: string, importId: string, ids: string[], state: 'accepted' | 'refused'): Promise<number> {
      const where = { ...openOf(tenantId, importId), id: { in: ids } };
      return (await prisma.importDraft.updateMany({ where, data: { state, title: '', content: '', notes: [] } })).count;
    },

    /** Puts `texts` in the place of the drafts; the first keeps the first one's id. False when one of them is gone. */
    replace: (tenantId: string, importId: string, ids: string[], texts: Omit<ReadDraft, 'place'>[]): Promise<boolean> =>
      database.transaction(async (tx) => {
        const where = { ...openOf(tenantId, importId), id: { in: ids } };
        const rows = await tx.importDraft.findMany({ where, orderBy: [...ORDER] });
        const [first] = rows;
        const [text, ...more] = texts;
        if (!first || !text || rows.length !== ids.length) return false;
        const later = { tenantId, sourceId: first.sourceId, position: { gt: first.position } };
        if (more.length > 0) await tx.importDraft.updateMany({ where: later, data: { position: { increment: more.length } } });
        await tx.importDraft.updateMany({
          where: { tenantId, id: first.id, state: 'open' },
          data: { ...text, notes: text.notes },
        });
        const gone = rows.slice(1).map(({ id }) => id);
        await tx.importDraft.deleteMany({ where: { tenantId, id: { in: gone } } });
        await tx.importDraft.createMany({
          data: more.map((one, at) => ({
            id: newId(),
            tenantId,
            importId,
            sourceId: first.sourceId,
            position: first.position + at + 1,
            place: first.place ?? {},
            ...one,
          })),
        });
        return true;
      }),
  };
}

export type DraftsRepo = ReturnType<typeof createDraftsRepo>;
