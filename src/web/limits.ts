import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyRequestsError } from '#core/errors.ts';
import type { Database } from '#platform/db/database.ts';
import { addressOf } from './client-address.ts';

export const HOUR_SECONDS = 3_600;
export const DAY_SECONDS = 86_400;

export interface Limit {
  points: number;
  durationSeconds: number;
}

/** Rate limits in the database, shared by all processes; in memory while it does not answer. */
export function createLimits({ database }: { database: Database }) {
  return {
    limiter(name: string, { points, durationSeconds }: Limit) {
      const options = { keyPrefix: name, points, duration: durationSeconds };
      const counter = new RateLimiterPostgres({
        ...options,
        storeClient: database.pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        // removeExpired does it.
        clearExpiredByTimeout: false,
        insuranceLimiter: new RateLimiterMemory(options),
      });
      return {
        /** @throws TooManyRequestsError when no try is left; a form's page shows `fields`. */
        consume: (key: string, fields?: Record<string, string>): Promise<void> =>
          counter.consume(key).then(
            () => {},
            (reason: unknown) => refuse(reason, fields),
          ),
        /** Like `consume`, and tells how many tries there were. */
        count: (key: string): Promise<number> => counter.consume(key).then(({ consumedPoints }) => consumedPoints, refuse),
        /** Counts a try like `consume`. False when none is left. */
        allows: (key: string): Promise<boolean> =>
          counter.consume(key).then(
            () => true,
            () => false,
          ),
        forgive: (key: string): Promise<void> => counter.delete(key).then(() => {}),
        reward: (key: string): Promise<void> => counter.reward(key).then(() => {}),
      };
    },

    async removeExpired(now: Date): Promise<void> {
      await database.prisma.rateLimit.deleteMany({ where: { expire: { lt: now.getTime() } } });
    },
  };
}

export type Limits = ReturnType<typeof createLimits>;
export type Limiter = ReturnType<Limits['limiter']>;

export function limitByAddress(limiter: Limiter): RequestHandler {
  return async (req, _res, next) => {
    await limiter.consume(addressOf(req));
    next();
  };
}

function refuse(reason: unknown, fields?: Record<string, string>): never {
  if (reason instanceof RateLimiterRes)
    throw new TooManyRequestsError(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)), fields);
  throw reason;
}
