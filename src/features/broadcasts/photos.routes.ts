import { type RequestHandler, Router } from 'express';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { PHOTO_EXTENSIONS, type PhotoType, photoTypeOf } from '#core/file-kind.ts';
import { isId } from '#platform/crypto/ids.ts';
import { isSameSecret } from '#platform/crypto/same-secret.ts';
import { signatureOf } from '#platform/crypto/sign.ts';
import type { Secrets } from '#web/cookies.ts';
import { tenantOf } from '#web/guards.ts';
import { uploadOf } from '#web/upload.ts';
import type { PhotoFile, PhotosRepo } from './photos.repo.ts';

/** Addresses for channels that fetch photos. The signature prevents guessing. */
export function createPhotoAddresses({ secrets, publicUrl }: { secrets: Secrets; publicUrl: string | undefined }) {
  const photoSignature = (id: string, secret: string = secrets[0]): string => signatureOf(secret, `broadcast photo ${id}`);
  return {
    of: (id: string, type: PhotoType): string | null =>
      publicUrl ? `${publicUrl}/media/photos/${id}/${photoSignature(id)}.${PHOTO_EXTENSIONS[type]}` : null,

    isOurs: (id: string, file: string): boolean =>
      secrets.some((secret) => isSameSecret(file.replace(/\.(?:jpg|png)$/, ''), photoSignature(id, secret))),
  };
}

export type PhotoAddresses = ReturnType<typeof createPhotoAddresses>;

/** Stores the photo even when the form is refused, because browsers do not fill in a file again. */
export function takePhoto(photos: Pick<PhotosRepo, 'keep'>): RequestHandler {
  return async (req, res, next) => {
    const { removePhoto, ...body } = req.body as Record<string, unknown>;
    const upload = uploadOf(req);
    const type = upload && !upload.tooLarge ? photoTypeOf(upload.content) : null;
    const [tenantId, botId] = [tenantOf(req).id, res.locals['bot'].id];
    if (removePhoto) body['photoId'] = '';
    if (upload && type) {
      const photoId = await photos.keep(tenantId, botId, { content: upload.content, type });
      body['photoId'] = photoId ?? '';
      if (photoId === null) res.locals['photoRefusal'] = 'broadcasts.form.photo.no_room';
    }
    if (upload && !type)
      res.locals['photoRefusal'] = upload.tooLarge ? 'broadcasts.form.photo.too_large' : 'broadcasts.form.photo.type';
    req.body = body;
    next();
  };
}

/** After the form's check, so that the form shows both kinds of errors. */
export const refusePhoto: RequestHandler = (_req, res, next) => {
  const refusal = res.locals['photoRefusal'] as string | undefined;
  if (refusal) throw new ValidationError({ photo: refusal });
  next();
};

interface Deps {
  photos: Pick<PhotosRepo, 'readAcrossTenants'>;
  photoAddresses: Pick<PhotoAddresses, 'isOurs'>;
}

/** For platforms: no session, no cookie. */
export function publicPhotos({ photos, photoAddresses }: Deps): Router {
  const show: RequestHandler<{ photoId: string; file: string }> = async (req, res) => {
    const { photoId, file } = req.params;
    const photo = isId(photoId) && photoAddresses.isOurs(photoId, file) ? await photos.readAcrossTenants(photoId) : null;
    if (!photo) throw new NotFoundError();
    sendPhotoFile(res, photo);
  };
  return Router().get('/media/photos/:photoId/:file', show);
}

/** Browsers show or save the file and never run it. */
export function sendPhotoFile(res: Parameters<RequestHandler>[1], { content, type }: PhotoFile): void {
  res.attachment(`photo.${PHOTO_EXTENSIONS[type]}`);
  res.set({ 'Content-Type': type, 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'no-store' });
  res.send(content);
}
