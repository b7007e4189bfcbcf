import type { Request, RequestHandler } from 'express';
import { TooManyRequestsError } from '#core/errors.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { tenantOf } from './guards.ts';
import { takePlace } from './place.ts';

// Of the ten connections to Postgres, heavy pages take six at most, those of one tenant two.
const READS = { max: 6, share: 2 };
// A copy of everything takes minutes.
const COPIES = { max: 3, share: 1 };
const MAX_WAITING = 24;
const WAIT_MS = 4_000;
const RETRY_SECONDS = 2;

const COPY = /\/export$/;
const LISTS = /^\/(?:conversations(?:\/live)?|account\/audit|bots\/[^/]+\/(?:conversations|analytics|knowledge|questions))\/?$/;

/** S71 (one tenant exhausts the database pool): its heavy pages wait for each other, and beyond that get 429. Others go on. */
export function heavyReads(): RequestHandler {
  const reads = createSemaphore(READS.max, READS.share);
  const copies = createSemaphore(COPIES.max, COPIES.share);

  return async (req, res, next) => {
    const places = COPY.test(req.path) ? copies : isHeavy(req) ? reads : null;
    if (places === null || !req.user) return next();
    const tenantId = tenantOf(req).id;
    if (places.waiting(tenantId) >= MAX_WAITING) throw new TooManyRequestsError(RETRY_SECONDS);
    const place = await takePlace(res, places, { key: tenantId, waitMs: WAIT_MS });
    if (place === 'left') return;
    if (place === 'full') throw new TooManyRequestsError(RETRY_SECONDS);
    next();
  };
}

const isHeavy = ({ method, path, query }: Request): boolean =>
  method === 'GET' && (LISTS.test(path) || (typeof query['q'] === 'string' && query['q'] !== '' && !path.startsWith('/admin')));
