import type { RequestHandler } from 'express';
import { AppError } from '#core/errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** R10 (disk full): pages can be read, but nothing is accepted. People are told, platforms deliver again. */
export function readOnlyWhile(isReadOnly: () => boolean): RequestHandler {
  return (req, _res, next) => {
    if (isReadOnly() && !SAFE_METHODS.has(req.method)) throw new AppError(503, 'errors.disk_full');
    next();
  };
}
