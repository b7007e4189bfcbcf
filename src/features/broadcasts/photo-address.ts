import { PHOTO_EXTENSIONS, type PhotoType } from '#core/file-kind.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { signatureOf } from '#platform/crypto/sign.ts';

/** Where a channel that fetches photos itself finds one: the address cannot be guessed, and holds nothing but the photo. */
export function createPhotoAddresses({ secret, publicUrl }: { secret: string; publicUrl: string | undefined }) {
  const photoSignature = (id: string): string => signatureOf(secret, `broadcast photo ${id}`);
  return {
    /** Null without an address of our own. */
    of: (id: string, type: PhotoType): string | null =>
      publicUrl ? `${publicUrl}/media/photos/${id}/${photoSignature(id)}.${PHOTO_EXTENSIONS[type]}` : null,

    /** Whether we gave out `<signature>.<jpg or png>`. */
    isOurs: (id: string, file: string): boolean => isSameSecret(file.replace(/\.(?:jpg|png)$/, ''), photoSignature(id)),
  };
}

export type PhotoAddresses = ReturnType<typeof createPhotoAddresses>;
