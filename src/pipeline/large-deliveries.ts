import { setTimeout as pause } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { createTokenBuckets } from '#platform/token-buckets.ts';
import { addressOf } from '#web/client-address.ts';

const [KB, MB] = [1024, 1024 * 1024];
/** Platforms send a few KB, and more after an outage of ours. */
const LARGE_FROM = 64 * KB;
// Checking and reading 4 MB holds the event loop up for tens of milliseconds, whoever signed them.
const OF_ADDRESS = { capacity: 32 * MB, perSecond: MB };
const WAIT_MS = 10_000;
const RETRY_SECONDS = 10;

/** I9: large deliveries of one address come at a pace. Nothing of the body is read before its turn; small ones never wait. */
export function paceLargeDeliveries({ capacity, perSecond } = OF_ADDRESS): RequestHandler {
  const bytes = createTokenBuckets({ capacity, perSecond });
  return async (req, res, next) => {
    const length = Number(req.headers['content-length'] ?? LARGE_FROM);
    if (length < LARGE_FROM) return next();
    const address = addressOf(req);
    const untilMs = performance.now() + WAIT_MS;
    while (bytes.left(address) <= 0) {
      if (performance.now() > untilMs)
        return void res
          .status(429)
          .set({ 'Retry-After': String(RETRY_SECONDS), Connection: 'close' })
          .end();
      await pause(Math.min(1_000, bytes.msUntilMore(address) + 1));
      if (res.closed) return;
    }
    bytes.use(address, length);
    next();
  };
}
