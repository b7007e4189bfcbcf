import type { ChannelAdapter, Credentials, Photo, RichMessage, RichSent } from '#channels/channel.ts';
import type { PhotosRepo } from './photos.repo.ts';
import type { PhotoAddresses } from './photos.routes.ts';

export interface PhotoSenderDeps {
  photos: Pick<PhotosRepo, 'handleAcrossTenants' | 'keepHandleAcrossTenants' | 'readAcrossTenants'>;
  photoAddresses: Pick<PhotoAddresses, 'of'>;
}

interface Recipient {
  channel: ChannelAdapter;
  credentials: Credentials;
  connectionId: string;
  chatId: string;
}

type Words = Omit<RichMessage, 'photo'>;
type Stored = Pick<Photo, 'type' | 'handle'>;

// Back into the queue: the message that carried the photo did not get through, another one has to.
const LATER: RichSent = { ok: false, reason: 'rate_limited' };

/**
 * Sends messages with a photo so that its bytes go to each connection once: one message carries them, those that come
 * meanwhile wait for it, and all others name the photo by what the channel called it.
 */
export function createPhotoSender({ photos, photoAddresses }: PhotoSenderDeps) {
  const carrying = new Map<string, Promise<unknown>>();

  async function send(to: Recipient, photoId: string, message: Words, { type, handle }: Stored): Promise<RichSent> {
    const content = async (): Promise<Buffer> => (await photos.readAcrossTenants(photoId))?.content ?? Buffer.alloc(0);
    const photo = { type, handle, content, publicUrl: photoAddresses.of(photoId, type) };
    if (!to.channel.sendRich) return { ok: false, reason: 'photo_refused', notSent: true };
    const sent = await to.channel.sendRich(to.credentials, to.chatId, { ...message, photo });
    if (sent.photoHandle) await photos.keepHandleAcrossTenants(photoId, to.connectionId, sent.photoHandle);
    return sent;
  }

  return async function sendPhoto(to: Recipient, photoId: string, message: Words): Promise<RichSent> {
    const stored = await photos.handleAcrossTenants(photoId, to.connectionId);
    if (!stored) return { ok: false, reason: 'photo_refused', notSent: true };
    if (stored.handle !== null || to.channel.fetchesPhotos) return send(to, photoId, message, stored);

    const key = `${photoId} ${to.connectionId}`;
    const ahead = carrying.get(key);
    if (!ahead) {
      const sending = send(to, photoId, message, stored).finally(() => carrying.delete(key));
      carrying.set(key, sending);
      return sending;
    }
    await ahead.catch(() => {});
    const then = await photos.handleAcrossTenants(photoId, to.connectionId);
    return then?.handle ? send(to, photoId, message, then) : LATER;
  };
}

export type PhotoSender = ReturnType<typeof createPhotoSender>;
