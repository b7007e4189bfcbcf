import { createHash } from 'node:crypto';
import { DAY_MS } from '#core/durations.ts';
import type { PhotoType } from '#core/file-kind.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { sqlIn } from '#platform/db/transaction-sql.ts';
import { roomOf } from './room.ts';

export interface PhotoFile {
  content: Buffer;
  type: PhotoType;
}

/** Unsent photos of a bot; newer ones replace older ones. */
const MAX_WAITING = 10;
const KEPT_AFTER_END_MS = 90 * DAY_MS;
// WhatsApp forgets a photo after 30 days, the others never do. Source: META business-phone-numbers/media (2026-11).
const HANDLE_LIVES_MS = 25 * DAY_MS;

type Named = { id: string; connectionId: string };
const photoHandle = report<Named & { livesMs: number }, { type: PhotoType; handle: string | null }>(
  import.meta.url,
  './statements/photo-handle.sql',
);
const keepPhotoHandle = report<Named & { handle: string }>(import.meta.url, './statements/keep-photo-handle.sql');

const FILE = { content: true, type: true } as const;
const fileOf = (row: { content: Uint8Array; type: string } | null): PhotoFile | null =>
  row && {
    content: Buffer.from(row.content.buffer, row.content.byteOffset, row.content.byteLength),
    type: row.type as PhotoType,
  };

export function createPhotosRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;

  async function removeOld(tenantId: string, botId: string): Promise<void> {
    const unused = { tenantId, botId, broadcasts: { none: {} } };
    const order = { orderBy: { createdAt: 'desc' }, skip: MAX_WAITING } as const;
    const old = await prisma.broadcastPhoto.findMany({ where: unused, ...order, select: { id: true } });
    if (old.length === 0) return;
    await prisma.broadcastPhoto.deleteMany({ where: { ...unused, id: { in: old.map(({ id }) => id) } } });
  }

  /** Photos of no broadcast give way first. */
  async function makeRoom(tx: Transaction, tenantId: string, bytes: number): Promise<boolean> {
    if ((await roomOf(sqlIn(tx), tenantId)).photoBytes >= bytes) return true;
    await tx.broadcastPhoto.deleteMany({ where: { tenantId, broadcasts: { none: {} } } });
    return (await roomOf(sqlIn(tx), tenantId)).photoBytes >= bytes;
  }

  return {
    /** The same photo is the same row, so that the same broadcast is recognised. Null when the plan has no room. */
    async keep(tenantId: string, botId: string, { content, type }: PhotoFile): Promise<string | null> {
      const hash = createHash('sha256').update(content).digest('base64url');
      const createdAt = await database.now();
      const id = await database.transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        const where = { botId_hash: { botId, hash } };
        const known = await tx.broadcastPhoto.findUnique({ where, select: { id: true } });
        if (known) return (await tx.broadcastPhoto.update({ where, data: { createdAt }, select: { id: true } })).id;
        if (!(await makeRoom(tx, tenantId, content.length))) return null;
        const data = { id: newId(), tenantId, botId, hash, content: new Uint8Array(content), type };
        return (await tx.broadcastPhoto.create({ data, select: { id: true } })).id;
      });
      if (id !== null) await removeOld(tenantId, botId);
      return id;
    },

    exists: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await prisma.broadcastPhoto.count({ where: { tenantId, botId, id } })) === 1,

    find: async (tenantId: string, botId: string, id: string): Promise<PhotoFile | null> =>
      fileOf(await prisma.broadcastPhoto.findFirst({ where: { tenantId, botId, id }, select: FILE })),

    readAcrossTenants: async (id: string): Promise<PhotoFile | null> =>
      fileOf(await prisma.broadcastPhoto.findUnique({ where: { id }, select: FILE })),

    /** The platform's id while it is valid; null when there is no such photo. */
    handleAcrossTenants: async (id: string, connectionId: string): Promise<{ type: PhotoType; handle: string | null } | null> =>
      (await photoHandle(sql, { id, connectionId, livesMs: HANDLE_LIVES_MS }))[0] ?? null,

    async keepHandleAcrossTenants(id: string, connectionId: string, handle: string): Promise<void> {
      await keepPhotoHandle(sql, { id, connectionId, handle });
    },

    /** Photos of broadcasts that ended long ago count as unused. */
    async removeUnusedAcrossTenants(now: Date): Promise<void> {
      const longAgo = new Date(now.getTime() - KEPT_AFTER_END_MS);
      await prisma.broadcast.updateMany({
        where: {
          photoId: { not: null },
          OR: [
            { state: { in: ['finished', 'cancelled'] }, finishedAt: { lt: longAgo } },
            { state: 'cancelled', finishedAt: null, createdAt: { lt: longAgo } },
          ],
        },
        data: { photoId: null },
      });
      const createdAt = { lt: new Date(now.getTime() - DAY_MS) };
      await prisma.broadcastPhoto.deleteMany({ where: { createdAt, broadcasts: { none: {} } } });
    },
  };
}

export type PhotosRepo = ReturnType<typeof createPhotosRepo>;
