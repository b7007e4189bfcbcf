import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { weakPassword } from '#core/account-rules.ts';
import { AppError } from '#core/errors.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { isLeaked } from './leaked-passwords.ts';

// S19: hashing is the dearest thing a stranger can make us do. 4 is also the size of Node's thread pool.
const MAX_PARALLEL = 4;
const MAX_WAITING = 50;

/**
 * bcrypt reads 72 bytes and stops at a null byte, so it gets base64 of an HMAC-SHA-384 (64 characters) instead: 36 Cyrillic
 * letters would fill it otherwise. The key is a constant, not a secret: a key of the installation that is lost or rotated
 * would lock everybody out. Its use is that our hashes are nobody else's: a stolen list of plain SHA-384 digests cannot be
 * tried against them.
 */
const DOMAIN = 'botfactory.password.v1';
const prepared = (password: string): string =>
  createHmac('sha384', DOMAIN).update(password.normalize('NFKC'), 'utf8').digest('base64');

/** Hashes and compares passwords, a few at a time. @throws AppError 503 when too many wait already. */
export function createPasswords({ cost }: { cost: number }) {
  const limited = createLimited(MAX_PARALLEL, MAX_WAITING);
  // What nobody's password has: an unknown name costs the same time as a known one.
  const nobody = bcrypt.hash(prepared(crypto.randomUUID()), cost);

  return {
    /** Why it is too easy to guess, as a translation key; null when it is not. */
    async weakness(password: string, person: { username: string; email: string }): Promise<string | null> {
      return weakPassword(password, person) ?? ((await isLeaked(password)) ? 'auth.form.password_common' : null);
    },

    hash: (password: string): Promise<string> => limited(() => bcrypt.hash(prepared(password), cost)),

    /** False when there is no such account (`hash` null), after the same work. */
    matches: (password: string, hash: string | null): Promise<boolean> =>
      limited(async () => (await bcrypt.compare(prepared(password), hash ?? (await nobody))) && hash !== null),
  };
}

export type Passwords = ReturnType<typeof createPasswords>;

function createLimited(maxRunning: number, maxWaiting: number) {
  const semaphore = createSemaphore(maxRunning);

  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (semaphore.waiting() >= maxWaiting) throw new AppError(503, 'errors.busy');
    const release = await semaphore.take();
    return work().finally(release ?? undefined);
  };
}
