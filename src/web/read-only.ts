import type { RequestHandler } from 'express';
import { AppError } from '#core/errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** R10: while the disk is full pages can be read, but nothing is taken in: people are told, platforms call again. */
export function readOnlyWhile(isReadOnly: () => boolean): RequestHandler {
  return (req, _res, next) => {
    if (isReadOnly() && !SAFE_METHODS.has(req.method)) throw new AppError(503, 'errors.disk_full');
    next();
  };
}
