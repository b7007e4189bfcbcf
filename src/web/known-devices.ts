import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { cookieFlags, cookieName, cookiesOf, createSigner, equal } from './cookies.ts';

const YEAR_MS = 31_536_000_000;
const MAX_ACCOUNTS = 5;

/**
 * Browsers that somebody signed in with before. A stranger who tries passwords elsewhere fills the account's limit, but not
 * that of its owner's own browser. The cookie proves a past sign-in to an account and grants nothing else; `subject` should
 * change with the password, so that a new password forgets the old devices.
 */
export function createKnownDevices(secret: string) {
  const signer = createSigner(secret, 'device');
  const read = (req: Request): { id: string; tags: string[] } => {
    const [id = '', ...tags] = (cookiesOf(req)[cookieName('device', req.secure)] ?? '').split('.');
    return { id, tags };
  };
  const tagOf = (id: string, subject: string): string => signer.mac(`${id}\n${subject}`);

  return {
    /** The device's id when the account was used on it; else null. */
    known(req: Request, subject: string): string | null {
      const { id, tags } = read(req);
      const expected = tagOf(id, subject);
      return id !== '' && tags.some((tag) => equal(tag, expected)) ? id : null;
    },

    remember(req: Request, res: Response, subject: string): void {
      const old = read(req);
      const id = /^[\w-]{22}$/.test(old.id) ? old.id : randomBytes(16).toString('base64url');
      const tags = [tagOf(id, subject), ...old.tags.filter((tag) => tag !== tagOf(id, subject))].slice(0, MAX_ACCOUNTS);
      res.cookie(cookieName('device', req.secure), [id, ...tags].join('.'), { ...cookieFlags(req.secure), maxAge: YEAR_MS });
    },
  };
}

export type KnownDevices = ReturnType<typeof createKnownDevices>;
