import type { Known } from '#core/importing/note.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, nowIn, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import type { ClaimedSource, ReadResult } from './import.ts';

export const LEASE_SECONDS = 30;
/** What drafts are compared with: the newest entries, up to so many. */
const MOST_KNOWN = 2_000;

const claimSource = report<{ now: Date; leaseSeconds: number }, ClaimedSource>(
  import.meta.url,
  './statements/claim-source-across-tenants.sql',
);

/** The work of reading. All state is here, so any process continues where another died. */
export function createReadingRepo({ database }: { database: Database }) {
  const { prisma } = database;

  /** The last source that was read ends the import: how long it took, in ms. Null: it goes on. */
  async function finish(tx: Transaction, importId: string): Promise<number | null> {
    const left = await tx.importSource.count({ where: { importId, state: { in: ['waiting', 'reading'] } } });
    if (left > 0) return null;
    const finishedAt = await nowIn(tx);
    const where = { id: importId, state: 'reading' } as const;
    const { count } = await tx.knowledgeImport.updateMany({ where, data: { state: 'ready', finishedAt } });
    const begun = count > 0 && (await tx.knowledgeImport.findUnique({ where: { id: importId }, select: { createdAt: true } }));
    return begun ? finishedAt.getTime() - begun.createdAt.getTime() : null;
  }

  /** Pages that are not known yet, as many as the plan reads. The import is locked. */
  async function addPages(tx: Transaction, of: { tenantId: string; importId: string }, links: readonly string[]): Promise<void> {
    const found = await tx.knowledgeImport.findUnique({ where: { id: of.importId }, select: { maxPages: true, state: true } });
    const rows = await tx.importSource.findMany({ where: { ...of, kind: { in: ['site', 'page'] } }, select: { name: true } });
    const known = new Set(rows.map(({ name }) => name));
    const room = found?.state === 'reading' ? found.maxPages - known.size : 0;
    const fresh = links.filter((link) => !known.has(link)).slice(0, Math.max(0, room));
    const data = fresh.map((name, at) => ({ ...of, id: newId(), position: known.size + at, kind: 'page', name }));
    await tx.importSource.createMany({ data });
  }

  return {
    async claimAcrossTenants(): Promise<ClaimedSource | null> {
      const now = await database.now();
      return (await claimSource(database.sql, { now, leaseSeconds: LEASE_SECONDS }))[0] ?? null;
    },

    async contentAcrossTenants({ id }: ClaimedSource): Promise<Uint8Array> {
      return (await prisma.importSource.findUnique({ where: { id }, select: { content: true } }))?.content ?? new Uint8Array();
    },

    /** False when the claim is lost or the import was cancelled. */
    async renewAcrossTenants({ id, tries, importId }: ClaimedSource): Promise<boolean> {
      const takenUntil = new Date((await database.now()).getTime() + LEASE_SECONDS * 1_000);
      const held = await prisma.importSource.updateMany({ where: { id, tries, state: 'reading' }, data: { takenUntil } });
      return held.count === 1 && (await prisma.knowledgeImport.count({ where: { id: importId, state: 'reading' } })) === 1;
    },

    /** At the start of the only process: whatever was being read belongs to nobody. */
    async lapseAcrossTenants(): Promise<void> {
      await prisma.importSource.updateMany({ where: { state: 'reading' }, data: { takenUntil: await database.now() } });
    },

    async knownTo({ tenantId, botId, importId }: ClaimedSource): Promise<Known[]> {
      const select = { title: true, content: true } as const;
      const entries = await prisma.knowledgeEntry.findMany({
        where: { tenantId, botId },
        orderBy: { updatedAt: 'desc' },
        take: MOST_KNOWN,
        select,
      });
      const drafts = await prisma.importDraft.findMany({
        where: { tenantId, importId, state: 'open' },
        take: MOST_KNOWN,
        select,
      });
      return [...entries, ...drafts];
    },

    /** Entries that came from this page. */
    ofPage: ({ tenantId, botId, name }: ClaimedSource) =>
      prisma.knowledgeEntry.findMany({
        where: { tenantId, botId, origin: 'site', sourceName: name },
        take: MOST_KNOWN,
        select: { id: true, title: true, content: true },
      }),

    /** How long the import took when this was its last source. */
    settleAcrossTenants: ({ id, tenantId, importId, tries }: ClaimedSource, result: ReadResult): Promise<number | null> =>
      database.transaction(async (tx) => {
        // Of two last sources one sees the other.
        if (!(await lockRow(tx, 'import', importId))) return null;
        const data = { state: result.ok ? 'read' : 'failed', reason: result.ok ? null : result.reason, content: null } as const;
        const settled = await tx.importSource.updateMany({
          where: { id, tries, state: 'reading' },
          data: { ...data, takenUntil: null },
        });
        if (settled.count === 0) return null;
        const drafts = result.ok ? result.drafts : [];
        await tx.importDraft.createMany({
          data: drafts.map((draft, position) => ({
            ...draft,
            place: { ...draft.place },
            id: newId(),
            tenantId,
            importId,
            sourceId: id,
            position,
          })),
        });
        if (result.ok && result.links) await addPages(tx, { tenantId, importId }, result.links);
        return finish(tx, importId);
      }),
  };
}

export type ReadingRepo = ReturnType<typeof createReadingRepo>;
