import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import { MAX_MEDIA_BYTES, MAX_RECORDING_SECONDS } from '#core/decide-reply.ts';
import type { Attachment, ChannelKind, InlineMedia } from '#core/message.ts';
import { oggSeconds } from '#core/ogg-seconds.ts';
import { readableType, type UnreadFile, unreadFile } from '#core/readable-file.ts';
import { type ByteBudget, createByteBudget, type Reservation } from '#platform/byte-budget.ts';
import type { Turn } from './turn.ts';

// S72: three minutes of a recording whose length the platform does not tell.
const MAX_RECORDING_BYTES = 4 * 1024 * 1024;
/** Pictures whose size the platform does not tell. Instagram takes 8 MB, WhatsApp 5 (platform-facts). */
const MAX_PICTURE_BYTES = 8 * 1024 * 1024;
// S69 (memory): files that are held for the AI or on their way to customers, of this process and of one tenant. A file takes five
// times its size while the AI is asked (measured): as base64, in the request's JSON, and as that JSON's bytes.
const COPIES = 5;
const MEDIA_BUDGET_BYTES = 240 * 1024 * 1024;
const MEDIA_SHARE_BYTES = COPIES * MAX_MEDIA_BYTES;

export const createMediaBudget = (): ByteBudget => createByteBudget(MEDIA_BUDGET_BYTES, MEDIA_SHARE_BYTES);

interface Deps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: Turn['connection']) => Credentials;
  mediaBudget: ByteBudget;
}

export interface FetchedFiles {
  files: InlineMedia[];
  unread: UnreadFile[];
  free: () => void;
}

/** Fetches a turn's files for the AI. Those that the platform does not hand over, or that the AI does not read, are left out. */
export const createFileFetcher =
  ({ channels, openCredentials, mediaBudget }: Deps) =>
  async ({ connection, tenantId }: Turn, media: Attachment[]): Promise<FetchedFiles> => {
    const channel = channels[connection.platform];
    const files: InlineMedia[] = [];
    const unread: UnreadFile[] = [];
    if (!channel || media.length === 0) return { files, unread, free: () => {} };
    const most = Math.min(
      MAX_MEDIA_BYTES,
      media.map(mostBytesOf).reduce((sum, bytes) => sum + bytes, 0),
    );
    const reservation = await mediaBudget.take(tenantId, most * COPIES);
    const credentials = openCredentials(connection);
    let roomBytes = most;
    for (const file of media) {
      const bytes = Math.min(roomBytes, mostBytesOf(file));
      const fetched = await channel.fetchMedia(credentials, file.fileId ?? '', bytes).catch(freeing(reservation));
      const type = fetched.ok && (readableType(file.mimeType, file.fileName) ?? readableType(fetched.media.mimeType));
      if (!fetched.ok || !type || isTooLong(type, fetched.media.base64)) {
        unread.push(unreadFile(file));
        continue;
      }
      files.push({ ...fetched.media, mimeType: type });
      roomBytes -= Math.ceil((fetched.media.base64.length * 3) / 4);
    }
    reservation.shrinkTo((most - roomBytes) * COPIES);
    return { files, unread, free: reservation.free };
  };

/** S72: WhatsApp tells no length, and Telegram the one that the sender's program claims. Others are bounded by their bytes. */
const isTooLong = (type: string, base64: string): boolean =>
  type === 'audio/ogg' && (oggSeconds(Buffer.from(base64, 'base64')) ?? 0) > MAX_RECORDING_SECONDS;

const freeing =
  (reservation: Reservation) =>
  (error: unknown): never => {
    reservation.free();
    throw error;
  };

function mostBytesOf({ mimeType = '', sizeBytes }: Attachment): number {
  if (mimeType.startsWith('audio/')) return Math.min(sizeBytes ?? MAX_RECORDING_BYTES, MAX_RECORDING_BYTES);
  return sizeBytes ?? (mimeType.startsWith('image/') ? MAX_PICTURE_BYTES : MAX_MEDIA_BYTES);
}
