import { type RequestHandler, Router } from 'express';
import { NotFoundError } from '#core/errors.ts';
import { PHOTO_EXTENSIONS } from '#core/file-kind.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { PhotoAddresses } from './photo-address.ts';
import type { PhotoFile, PhotosRepo } from './photos.repo.ts';

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
