import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { weakPassword } from '#core/account-rules.ts';
import { type Asker, createHashLanes } from './hash-lanes.ts';
import { isLeaked } from './leaked-passwords.ts';

// bcrypt reads 72 bytes and stops at a NUL byte, so it gets base64 of an HMAC-SHA-384 (64 characters). The key is a public
// constant: losing a secret one would lock everybody out. It makes our hashes differ from plain SHA-384 digests in stolen lists.
const DOMAIN = 'botfactory.password.v1';
const prepared = (password: string): string =>
  createHmac('sha384', DOMAIN).update(password.normalize('NFKC'), 'utf8').digest('base64');

export function createPasswords({ cost }: { cost: number }) {
  const limited = createHashLanes();
  // An unknown name costs the same time as a known one.
  const nobody = bcrypt.hash(prepared(crypto.randomUUID()), cost);

  return {
    async weakness(password: string, person: { username: string; email: string }): Promise<string | null> {
      return weakPassword(password, person) ?? ((await isLeaked(password)) ? 'auth.form.password_common' : null);
    },

    /** @throws AppError 503 when too many wait. */
    hash: (password: string, asker: Asker): Promise<string> => limited(asker, () => bcrypt.hash(prepared(password), cost)),

    /** False without an account (`hash` null), after the same work. @throws AppError 503 when too many wait. */
    matches: (password: string, hash: string | null, asker: Asker): Promise<boolean> =>
      limited(asker, async () => (await bcrypt.compare(prepared(password), hash ?? (await nobody))) && hash !== null),
  };
}

export type Passwords = ReturnType<typeof createPasswords>;
