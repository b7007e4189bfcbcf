import { createHash } from 'node:crypto';
import type { PhotoType } from '#core/file-kind.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';

export interface PhotoFile {
  content: Buffer;
  type: PhotoType;
}

/** Photos of a bot that wait for their broadcast; older ones give way to new ones. */
const MAX_WAITING = 10;
// WhatsApp forgets a photo after 30 days; the others never do. Source: META business-phone-numbers/media (2026-11).
const HANDLE_LIVES_MS = 25 * 24 * 60 * 60 * 1_000;

// The same photo again is the same row, so that the same broadcast twice is seen to be the same.
const KEEP = `INSERT INTO broadcast_photos (id, tenant_id, bot_id, hash, content, type) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (bot_id, hash) DO UPDATE SET created_at = now() RETURNING id`;
const TRIM = `DELETE FROM broadcast_photos WHERE id IN (
  SELECT p.id FROM broadcast_photos p WHERE p.tenant_id = $1 AND p.bot_id = $2
    AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.photo_id = p.id) ORDER BY p.created_at DESC OFFSET ${MAX_WAITING})`;
const HANDLE = `SELECT type, CASE WHEN (handles -> $2 ->> 1)::bigint > extract(epoch FROM now()) * 1000 - ${HANDLE_LIVES_MS}
    THEN handles -> $2 ->> 0 END AS handle
  FROM broadcast_photos WHERE id = $1`;
const KEEP_HANDLE = `UPDATE broadcast_photos
  SET handles = handles || jsonb_build_object($2::text, jsonb_build_array($3::text, (extract(epoch FROM now()) * 1000)::bigint))
  WHERE id = $1`;

/** Photos of broadcasts, in the database so that every process has them. */
export function createPhotosRepo({ database: { sql } }: { database: Database }) {
  return {
    async keep(tenantId: string, botId: string, { content, type }: PhotoFile): Promise<string> {
      const hash = createHash('sha256').update(content).digest('base64url');
      const { rows } = await sql.query<{ id: string }>(KEEP, [newId(), tenantId, botId, hash, content, type]);
      await sql.query(TRIM, [tenantId, botId]);
      return (rows[0] as { id: string }).id;
    },

    async exists(tenantId: string, botId: string, id: string): Promise<boolean> {
      const text = 'SELECT 1 FROM broadcast_photos WHERE tenant_id = $1 AND bot_id = $2 AND id = $3';
      return (await sql.query(text, [tenantId, botId, id])).rowCount === 1;
    },

    async find(tenantId: string, botId: string, id: string): Promise<PhotoFile | null> {
      const text = 'SELECT content, type FROM broadcast_photos WHERE tenant_id = $1 AND bot_id = $2 AND id = $3';
      return (await sql.query<PhotoFile & Record<string, unknown>>(text, [tenantId, botId, id])).rows[0] ?? null;
    },

    async readAcrossTenants(id: string): Promise<PhotoFile | null> {
      const text = 'SELECT content, type FROM broadcast_photos WHERE id = $1';
      return (await sql.query<PhotoFile & Record<string, unknown>>(text, [id])).rows[0] ?? null;
    },

    /** What a connection's channel calls the photo, if it still knows it; null when there is no such photo. */
    async handleAcrossTenants(id: string, connectionId: string): Promise<{ type: PhotoType; handle: string | null } | null> {
      const { rows } = await sql.query<{ type: PhotoType; handle: string | null }>(HANDLE, [id, connectionId]);
      return rows[0] ?? null;
    },

    async keepHandleAcrossTenants(id: string, connectionId: string, handle: string): Promise<void> {
      await sql.query(KEEP_HANDLE, [id, connectionId, handle]);
    },
  };
}

export type PhotosRepo = ReturnType<typeof createPhotosRepo>;
