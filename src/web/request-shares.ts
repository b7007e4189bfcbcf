import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { TooManyRequestsError } from '#core/errors.ts';
import { holding } from '#platform/held-place.ts';
import { createLoopTime, type LoopTime } from '#platform/loop-time.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { createTokenBuckets } from '#platform/token-buckets.ts';
import { addressOf } from './client-address.ts';
import { cookieName, cookiesOf, type Secrets } from './cookies.ts';
import { createFairGate, type GatePlace } from './fair-gate.ts';
import { tenantOf } from './guards.ts';
import { hasLeft, takePlace } from './place.ts';
import type { Rivals } from './rivals.ts';
import { isIssued } from './session.ts';
import { wantsJson } from './wants-json.ts';

// `time`: milliseconds of the event loop, once there are others. A page takes about ten.
// Looking a session up costs little. Behind one address there may be many people.
const OF_SESSION = { atOnce: 24, waiting: 120 };
const OF_ADDRESS = { atOnce: 40, waiting: 200, time: { capacity: 1_000, perSecond: 60 } };
// Half of the connections to the database, so that a business whose forms wait for each other leaves the rest to others.
const OF_BUSINESS = { atOnce: 5, waiting: 120, time: { capacity: 1_000, perSecond: 120 } };
/** They last long: web/live-streams.ts limits streams by person, and the playground has limits of its own. */
const UNCOUNTED = /\/(?:events|playground)$/;
const WAIT_MS = 15_000;
/** A refusal comes late, so that a flood is not faster for being refused. */
const REFUSED_AFTER_MS = 1_000;
const RETRY_SECONDS = 2;

/**
 * I9 (no tenant slowed by another). `ofBrowsers`: one browser's requests, or one address' without a session, run a few at a time.
 * `ofBusinesses`: so do those of one business, whatever number of people and browsers send them, and beside others they use a
 * share of the event loop's time; an address without a member does too.
 */
export function requestShares({ secrets, rivals }: { secrets: Secrets; rivals: Rivals }) {
  const loop = createLoopTime({ others: () => (rivals.replying() ? 1 : 0) });
  const [businesses, strangers] = [timed(OF_BUSINESS, loop, rivals), timed(OF_ADDRESS, loop, rivals)];
  const [bySession, byAddress] = [counted(OF_SESSION), counted(OF_ADDRESS)];

  const ofBrowsers: RequestHandler = (req, res, next) => {
    if (UNCOUNTED.test(req.path)) return next();
    const session = cookiesOf(req)[cookieName('sid', req.secure)];
    // An invented cookie makes no new browser.
    return session && isIssued(session, secrets) ? bySession(session)(req, res, next) : byAddress(addressOf(req))(req, res, next);
  };
  const ofBusinesses: RequestHandler = (req, res, next) =>
    req.user ? businesses(tenantOf(req).id, req, res, next) : strangers(addressOf(req), req, res, next);
  return { ofBrowsers, ofBusinesses };
}

/** A sentence, since a page costs what the flood wants. */
async function refuse(req: Request, res: Response): Promise<void> {
  await pause(REFUSED_AFTER_MS);
  if (hasLeft(res)) return;
  const refusal = new TooManyRequestsError(RETRY_SECONDS);
  const sentence = res.locals['t'](refusal.key, refusal.params) as string;
  res.status(refusal.status).set('Retry-After', String(RETRY_SECONDS));
  if (wantsJson(req)) res.json({ error: sentence });
  else res.type('text').send(sentence);
}

function counted({ atOnce, waiting }: typeof OF_SESSION): (key: string) => RequestHandler {
  const places = createSemaphore(Number.POSITIVE_INFINITY, atOnce);
  return (key) => async (req, res, next) => {
    if (places.waiting(key) >= waiting) return refuse(req, res);
    const place = await takePlace(res, places, { key, waitMs: WAIT_MS });
    if (place === 'left') return;
    if (place === 'full') throw new TooManyRequestsError(RETRY_SECONDS);
    next();
  };
}

function timed({ atOnce, waiting, time }: typeof OF_BUSINESS, loop: LoopTime, rivals: Rivals) {
  const gate = createFairGate({ atOnce, time: createTokenBuckets(time), loop, hasRivals: rivals.near });
  return async (key: string, req: Request, res: Response, next: () => void): Promise<void> => {
    rivals.seen(key);
    if (gate.waiting(key) >= waiting) return refuse(req, res);
    if (hasLeft(res)) return;
    const left = new AbortController();
    res.once('close', () => left.abort());
    const place = await gate.take(key, AbortSignal.any([left.signal, AbortSignal.timeout(WAIT_MS)]));
    if (hasLeft(res)) return place?.leave();
    if (!place) throw new TooManyRequestsError(RETRY_SECONDS);
    hold(place, left.signal, res, next);
  };
}

/** The place is the request's until its answer is sent. Several may be away from it at once; it is left by the first. */
function hold(place: GatePlace, left: AbortSignal, res: Response, next: () => void): void {
  let away = 0;
  res.once('close', place.leave);
  const held = {
    leave: () => void (away++ === 0 && place.leave()),
    async comeBack(): Promise<void> {
      away -= 1;
      if (away === 0) await place.comeBack(left);
    },
  };
  holding(held, next);
}
