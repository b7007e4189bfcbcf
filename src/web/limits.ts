import { isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyRequestsError } from '#core/errors.ts';
import type { Database } from '#platform/db/database.ts';

/** `points` tries in `durationSeconds`. */
export interface Limit {
  points: number;
  durationSeconds: number;
}

/**
 * Counters shared by all processes, in the database; in memory while it does not answer. Old rows go by themselves.
 * Nothing here locks for good: a full counter empties when its time is over.
 */
export function createLimits({ database }: { database: Database }) {
  let cleaned = false;
  return {
    /** A counter per key. */
    limiter(name: string, { points, durationSeconds }: Limit) {
      const options = { keyPrefix: name, points, duration: durationSeconds };
      const counter = new RateLimiterPostgres({
        ...options,
        storeClient: database.pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        // One of the counters clears the table for all of them.
        clearExpiredByTimeout: !cleaned,
        insuranceLimiter: new RateLimiterMemory(options),
      });
      cleaned = true;
      return {
        /** Counts one try. @throws TooManyRequestsError when there are none left; with `fields`, which a form's page shows. */
        consume: (key: string, fields?: Record<string, string>): Promise<void> =>
          counter.consume(key).then(
            () => {},
            (reason: unknown) => refuse(reason, fields),
          ),
        /** Forgets what was counted. */
        forgive: (key: string): Promise<void> => counter.delete(key).then(() => {}),
        /** Gives one try back. */
        reward: (key: string): Promise<void> => counter.reward(key).then(() => {}),
      };
    },
  };
}

export type Limits = ReturnType<typeof createLimits>;
export type Limiter = ReturnType<Limits['limiter']>;

/** Counts every request of an address. */
export function limitByAddress(limiter: Limiter): RequestHandler {
  return async (req, _res, next) => {
    await limiter.consume(addressOf(req));
    next();
  };
}

/** Who the limits take a visitor for: the address, of IPv6 its /64, since a household has that many. */
export function addressOf(req: Request): string {
  const ip = (req.ip ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
  return isIPv6(ip) ? `${fullIPv6(ip).slice(0, 4).join(':')}::/64` : ip;
}

function fullIPv6(ip: string): string[] {
  const [head = '', tail] = (ip.split('%')[0] as string).split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(Math.max(missing, 0)).fill('0'), ...right].map((group) =>
    Number.parseInt(group, 16).toString(16),
  );
}

function refuse(reason: unknown, fields?: Record<string, string>): never {
  if (reason instanceof RateLimiterRes)
    throw new TooManyRequestsError(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)), fields);
  throw reason;
}
