import { createHash } from 'node:crypto';
import type { Limits } from '#web/limits.ts';
import { createSlowLane } from './slow-lane.ts';

const QUARTER_HOUR = 900;
const HOUR = 3_600;
const SLOW_PACE = { everyMs: 2_000, maxWaiting: 10 };

/** `device` is the known device's id, null where the account was never used. */
export interface Attempt {
  login: string;
  address: string;
  device: string | null;
}

// S16, S17 (brute force, password spraying): limits by address, and by account and address. Beyond the limit of an account tries
// are slowed down, not refused (S74). A known device has only its own limit, so nobody can lock an owner out. Unknown accounts
// count like known ones.
export function createLoginLimits(limits: Limits) {
  const byDevice = limits.limiter('login-device', { points: 20, durationSeconds: QUARTER_HOUR });
  const byAddress = limits.limiter('login-address', { points: 18, durationSeconds: QUARTER_HOUR });
  const byAccountAndAddress = limits.limiter('login-pair', { points: 10, durationSeconds: QUARTER_HOUR });
  const byAccount = limits.limiter('login-account', { points: 50, durationSeconds: HOUR });
  const slowLane = createSlowLane(SLOW_PACE);

  return {
    /** Called before the password is hashed. @throws TooManyRequestsError */
    async count({ login, address, device }: Attempt): Promise<void> {
      const account = digest(login);
      if (device) return byDevice.consume(`${device}:${account}`);
      await byAddress.consume(address);
      const tries = await byAccountAndAddress.count(`${account}:${address}`);
      if (!(await byAccount.allows(account))) await slowLane.enter(account, { address, tries });
    },

    /** Only failures count, so a right password is not counted. */
    async forgive({ login, address, device }: Attempt): Promise<void> {
      const account = digest(login);
      if (device) return byDevice.forgive(`${device}:${account}`);
      await byAddress.reward(address);
      await byAccountAndAddress.forgive(`${account}:${address}`);
      await byAccount.reward(account);
    },
  };
}

export type LoginLimits = ReturnType<typeof createLoginLimits>;

/** Keys are short and contain no names. */
const digest = (login: string): string => createHash('sha256').update(login).digest('base64url').slice(0, 22);
