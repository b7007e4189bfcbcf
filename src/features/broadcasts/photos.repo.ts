import { createHash } from 'node:crypto';
import type { PhotoType } from '#core/file-kind.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export interface PhotoFile {
  content: Buffer;
  type: PhotoType;
}

/** Photos of a bot that wait for their broadcast; newer ones replace older ones. */
const MAX_WAITING = 10;
// WhatsApp forgets a photo after 30 days; the others never do. Source: META business-phone-numbers/media (2026-11).
const HANDLE_LIVES_MS = 25 * 24 * 60 * 60 * 1_000;

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

/** Photos of broadcasts, in the database so that every process has them. */
export function createPhotosRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;

  async function removeOld(tenantId: string, botId: string): Promise<void> {
    const unused = { tenantId, botId, broadcasts: { none: {} } };
    const order = { orderBy: { createdAt: 'desc' }, skip: MAX_WAITING } as const;
    const old = await prisma.broadcastPhoto.findMany({ where: unused, ...order, select: { id: true } });
    if (old.length === 0) return;
    await prisma.broadcastPhoto.deleteMany({ where: { ...unused, id: { in: old.map(({ id }) => id) } } });
  }

  return {
    /** The same photo again is the same row, so that the same broadcast twice is recognised as the same. */
    async keep(tenantId: string, botId: string, { content, type }: PhotoFile): Promise<string> {
      const hash = createHash('sha256').update(content).digest('base64url');
      const { id } = await prisma.broadcastPhoto.upsert({
        where: { botId_hash: { botId, hash } },
        create: { id: newId(), tenantId, botId, hash, content: new Uint8Array(content), type },
        update: { createdAt: await database.now() },
        select: { id: true },
      });
      await removeOld(tenantId, botId);
      return id;
    },

    exists: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await prisma.broadcastPhoto.count({ where: { tenantId, botId, id } })) === 1,

    find: async (tenantId: string, botId: string, id: string): Promise<PhotoFile | null> =>
      fileOf(await prisma.broadcastPhoto.findFirst({ where: { tenantId, botId, id }, select: FILE })),

    readAcrossTenants: async (id: string): Promise<PhotoFile | null> =>
      fileOf(await prisma.broadcastPhoto.findUnique({ where: { id }, select: FILE })),

    /** What a connection's channel calls the photo, if it still knows it; null when there is no such photo. */
    handleAcrossTenants: async (id: string, connectionId: string): Promise<{ type: PhotoType; handle: string | null } | null> =>
      (await photoHandle(sql, { id, connectionId, livesMs: HANDLE_LIVES_MS }))[0] ?? null,

    async keepHandleAcrossTenants(id: string, connectionId: string, handle: string): Promise<void> {
      await keepPhotoHandle(sql, { id, connectionId, handle });
    },
  };
}

export type PhotosRepo = ReturnType<typeof createPhotosRepo>;
