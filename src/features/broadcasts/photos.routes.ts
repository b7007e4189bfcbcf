import { type RequestHandler, Router } from 'express';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { PHOTO_EXTENSIONS, type PhotoType, photoTypeOf } from '#core/file-kind.ts';
import { isId } from '#platform/crypto/ids.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { signatureOf } from '#platform/crypto/sign.ts';
import { tenantOf } from '#web/guards.ts';
import { uploadOf } from '#web/upload.ts';
import type { PhotoFile, PhotosRepo } from './photos.repo.ts';

/** Addresses for channels that fetch photos themselves. They are signed, so they cannot be guessed. */
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

/**
 * Keeps the form's photo at once, even when the form is refused, and puts its id into the form as `photoId`: browsers do not
 * fill in a file again. `removePhoto` removes it. A file that is no photo is refused after the form (refusePhoto).
 */
export function takePhoto(photos: Pick<PhotosRepo, 'keep'>): RequestHandler {
  return async (req, res, next) => {
    const { removePhoto, ...body } = req.body as Record<string, unknown>;
    const upload = uploadOf(req);
    const type = upload && !upload.tooLarge ? photoTypeOf(upload.content) : null;
    const [tenantId, botId] = [tenantOf(req).id, res.locals['bot'].id];
    if (removePhoto) body['photoId'] = '';
    if (upload && type) body['photoId'] = await photos.keep(tenantId, botId, { content: upload.content, type });
    if (upload && !type)
      res.locals['photoRefusal'] = upload.tooLarge ? 'broadcasts.form.photo.too_large' : 'broadcasts.form.photo.type';
    req.body = body;
    next();
  };
}

/** Runs after the form's own check, so that the form comes back with both kinds of errors. */
export const refusePhoto: RequestHandler = (_req, res, next) => {
  const refusal = res.locals['photoRefusal'] as string | undefined;
  if (refusal) throw new ValidationError({ photo: refusal });
  next();
};

interface Deps {
  photos: Pick<PhotosRepo, 'readAcrossTenants'>;
  photoAddresses: Pick<PhotoAddresses, 'isOurs'>;
}

/** /media/photos/:photoId/:file, for platforms. Mounted before the pages in src/app.ts: no session, no cookie. */
export function publicPhotos({ photos, photoAddresses }: Deps): Router {
  const show: RequestHandler<{ photoId: string; file: string }> = async (req, res) => {
    const { photoId, file } = req.params;
    const photo = isId(photoId) && photoAddresses.isOurs(photoId, file) ? await photos.readAcrossTenants(photoId) : null;
    if (!photo) throw new NotFoundError();
    sendPhotoFile(res, photo);
  };
  return Router().get('/media/photos/:photoId/:file', show);
}

/** Whatever is inside, a browser shows a picture or saves it, and runs nothing of it. */
export function sendPhotoFile(res: Parameters<RequestHandler>[1], { content, type }: PhotoFile): void {
  res.attachment(`photo.${PHOTO_EXTENSIONS[type]}`);
  res.set({ 'Content-Type': type, 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'no-store' });
  res.send(content);
}
