import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { TooManyRequestsError } from '#core/errors.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { cookieName, cookiesOf } from './cookies.ts';
import { tenantOf } from './guards.ts';
import { addressOf } from './limits.ts';
import { takePlace } from './place.ts';

interface Share {
  atOnce: number;
  waiting: number;
}

// Looking a session up costs little. Behind one address there may be many people.
const OF_SESSION: Share = { atOnce: 24, waiting: 120 };
const OF_ADDRESS: Share = { atOnce: 40, waiting: 200 };
// Half of the connections to the database, so that a business whose forms wait for each other leaves the rest to others.
const OF_BUSINESS: Share = { atOnce: 5, waiting: 120 };
const WAIT_MS = 15_000;
/** A refusal comes late, so that a flood is not faster for being refused. */
const REFUSED_AFTER_MS = 1_000;
const RETRY_SECONDS = 2;

/** Streams are long-lived, and web/live-streams.ts limits them by person. The playground waits for the AI, with limits of its own. */
const UNCOUNTED = /\/(?:events|playground)$/;

/** I9 (no tenant slowed by another): one browser's requests, or one address' without a session, run a few at a time. */
export function visitorShares(): RequestHandler {
  const [bySession, byAddress] = [shares(OF_SESSION), shares(OF_ADDRESS)];
  return (req, res, next) => {
    const session = cookiesOf(req)[cookieName('sid', req.secure)];
    return session ? bySession(session)(req, res, next) : byAddress(addressOf(req))(req, res, next);
  };
}

/** I9: the requests of one business run a few at a time, whatever number of people and browsers send them. */
export function businessShares(): RequestHandler {
  const byBusiness = shares(OF_BUSINESS);
  return (req, res, next) => (req.user ? byBusiness(tenantOf(req).id)(req, res, next) : next());
}

function shares({ atOnce, waiting }: Share): (key: string) => RequestHandler {
  const places = createSemaphore(Number.POSITIVE_INFINITY, atOnce);
  return (key) => async (req: Request, res, next) => {
    if (UNCOUNTED.test(req.path)) return next();
    if (places.waiting(key) >= waiting) {
      await pause(REFUSED_AFTER_MS);
      throw new TooManyRequestsError(RETRY_SECONDS);
    }
    const place = await takePlace(res, places, { key, waitMs: WAIT_MS });
    if (place === 'left') return;
    if (place === 'full') throw new TooManyRequestsError(RETRY_SECONDS);
    next();
  };
}
