import type { RequestHandler } from 'express';
import { ValidationError } from '#core/errors.ts';
import { photoTypeOf } from '#core/file-kind.ts';
import { tenantOf } from '#web/guards.ts';
import { uploadOf } from '#web/upload.ts';
import type { PhotosRepo } from './photos.repo.ts';

/**
 * The photo that came with the form is kept at once, whatever else is wrong with the form, and stands in it as `photoId` from
 * then on: no browser fills in a file again. `removePhoto` takes it out. A file that is no photo is refused after the form.
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

/** Behind the form's own check, so that the form comes back with it. */
export const refusePhoto: RequestHandler = (_req, res, next) => {
  const refusal = res.locals['photoRefusal'] as string | undefined;
  if (refusal) throw new ValidationError({ photo: refusal });
  next();
};
