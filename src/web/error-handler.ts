import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError, NotFoundError, TooManyRequestsError } from '#core/errors.ts';
import { isBadValue, isGone, isUnavailable } from '#platform/db/failures.ts';
import type { Logger } from '#platform/logger.ts';
import { rerenderForm } from './form.ts';
import { wantsJson } from './wants-json.ts';

export const notFound: RequestHandler = () => {
  throw new NotFoundError();
};

/** A page, or JSON for a script. A bug is logged once; its page shows only the request's id. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    try {
      if (await rerenderForm(res, error)) return;
      answer(refusalOf(error, req, logger), req, res);
    } catch (failure) {
      logger.error({ err: failure, id: req.id }, 'the error page could not be shown');
      if (!res.headersSent) res.status(500).type('text').send('Something went wrong. Please try again later.');
    }
  };
}

function refusalOf(error: unknown, req: Request, logger: Logger): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  if (status >= 400 && status < 500) return new AppError(status, clientKey(status));
  if (isUnavailable(error)) {
    logger.warn({ err: error, id: req.id }, 'the database does not answer');
    return new AppError(503, 'errors.unavailable');
  }
  if (isBadValue(error)) {
    logger.warn({ err: error, id: req.id }, 'a value the database cannot hold got past the checks');
    return new AppError(400, 'errors.bad_request');
  }
  // Deleted in another window while this form was sent.
  if (isGone(error)) return new NotFoundError();
  logger.error({ err: error, id: req.id }, 'request failed');
  return new AppError(500, 'errors.unexpected', { reference: req.id });
}

/** body-parser, express and send put the status on their errors. */
const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' ? error.status : 500;

function clientKey(status: number): string {
  if (status === 404) return 'errors.not_found';
  return status === 413 ? 'errors.too_large' : 'errors.bad_request';
}

const RETRY_AFTER_SECONDS = 5;
/** Keys whose text the page of the status already shows. */
const SAID_BY_PAGE = new Set([
  'errors.not_found',
  'errors.bad_request',
  'errors.too_large',
  'errors.unavailable',
  'errors.forbidden',
]);

function answer(refusal: AppError, req: Request, res: Response): void {
  if (refusal instanceof TooManyRequestsError) res.set('Retry-After', String(refusal.retryAfterSeconds));
  else if (refusal.status === 503) res.set('Retry-After', String(RETRY_AFTER_SECONDS));
  res.set('Cache-Control', 'no-store').status(refusal.status);
  const message = typeof res.locals.t === 'function' ? res.locals.t(refusal.key, refusal.params) : refusal.key;
  if (wantsJson(req)) return void res.json({ error: message });
  if (typeof res.locals.t !== 'function') return void res.type('text').send('The request could not be answered.');
  const status = res.locals.t(`errors.page.${refusal.status}.title`, { defaultValue: '' }) ? refusal.status : 400;
  res.render('errors/error', { status, message: SAID_BY_PAGE.has(refusal.key) ? '' : message });
}
