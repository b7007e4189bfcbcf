import { createHash } from 'node:crypto';
import type { Limits } from '#web/limits.ts';

const QUARTER_HOUR = 900;
const HOUR = 3_600;

/** Whom a try is counted against. `device` is the known device's id, null on a device the account was never used on. */
export interface Attempt {
  login: string;
  address: string;
  device: string | null;
}

/**
 * S16, S17: how often passwords may be tried. A known device has a count of its own and no other, so nobody can lock an owner
 * out. Elsewhere three counts hold: of the address (spraying over accounts), of the account from the address, and a slower one
 * of the account from everywhere. Unknown accounts count like known ones.
 */
export function createLoginLimits(limits: Limits) {
  const byDevice = limits.limiter('login-device', { points: 20, durationSeconds: QUARTER_HOUR });
  const byAddress = limits.limiter('login-address', { points: 100, durationSeconds: QUARTER_HOUR });
  const byAccountAndAddress = limits.limiter('login-pair', { points: 10, durationSeconds: QUARTER_HOUR });
  const byAccount = limits.limiter('login-account', { points: 50, durationSeconds: HOUR });

  return {
    /** Before the password is hashed. @throws TooManyRequestsError */
    async count({ login, address, device }: Attempt): Promise<void> {
      const account = digest(login);
      if (device) return byDevice.consume(`${device}:${account}`);
      await byAddress.consume(address);
      await byAccountAndAddress.consume(`${account}:${address}`);
      await byAccount.consume(account);
    },

    /** The password was right: only failures count. */
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

/** Keys are short and name nobody. */
const digest = (login: string): string => createHash('sha256').update(login).digest('base64url').slice(0, 22);
