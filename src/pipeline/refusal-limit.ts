import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '#core/durations.ts';
import { addressOf } from '#web/client-address.ts';

// Far beyond what a platform sends that we refuse, such as a webhook whose secret the owner mistyped.
const MAX_REFUSED = 600;
const MAX_ADDRESSES = 10_000;

export type RefusalLimit = ReturnType<typeof createRefusalLimit>;

/** Counts refused deliveries by address. Good ones are never counted and never refused for others. */
export function createRefusalLimit({ max = MAX_REFUSED, windowMs = MINUTE_MS, now = Date.now } = {}) {
  const byAddress = new LRUCache<string, { count: number; untilMs: number }>({ max: MAX_ADDRESSES });

  /** The seconds after which the address may be wrong again; null below the limit. */
  function count(address: string): number | null {
    const known = byAddress.get(address);
    const entry = known && known.untilMs > now() ? known : { count: 0, untilMs: now() + windowMs };
    entry.count += 1;
    byAddress.set(address, entry);
    return entry.count > max ? Math.max(1, Math.ceil((entry.untilMs - now()) / 1_000)) : null;
  }

  return {
    /** Ends the call with `status`, or with 429 beyond the limit of its address. */
    refuse(req: Request, res: Response, status: number): void {
      const waitSeconds = count(addressOf(req));
      if (waitSeconds !== null) res.set('Retry-After', String(waitSeconds));
      res.status(waitSeconds === null ? status : 429).end();
    },
  };
}
