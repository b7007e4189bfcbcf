import { createHmac } from 'node:crypto';
import { PHOTO_EXTENSIONS, type PhotoType } from '#core/file-kind.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';

/** Where a channel that fetches photos itself finds one: the address cannot be guessed, and holds nothing but the photo. */
export function createPhotoAddresses({ secret, publicUrl }: { secret: string; publicUrl: string | undefined }) {
  const signatureOf = (id: string): string => createHmac('sha256', secret).update(`broadcast photo ${id}`).digest('base64url');
  return {
    /** Null without an address of our own. */
    of: (id: string, type: PhotoType): string | null =>
      publicUrl ? `${publicUrl}/media/photos/${id}/${signatureOf(id)}.${PHOTO_EXTENSIONS[type]}` : null,

    /** Whether we gave out `<signature>.<jpg or png>`. */
    isOurs: (id: string, file: string): boolean => isSameSecret(file.replace(/\.(?:jpg|png)$/, ''), signatureOf(id)),
  };
}

export type PhotoAddresses = ReturnType<typeof createPhotoAddresses>;
