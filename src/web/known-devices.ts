import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { cookieFlags, cookieName, cookiesOf, createSigner, type Secrets } from './cookies.ts';

const YEAR_MS = 31_536_000_000;
const MAX_ACCOUNTS = 5;

/** A stranger's failed passwords do not use up the limit of a browser with an earlier sign-in. The cookie grants nothing else. */
export function createKnownDevices(secrets: Secrets) {
  const signer = createSigner(secrets, 'device');
  const read = (req: Request): { id: string; tags: string[] } => {
    const [id = '', ...tags] = (cookiesOf(req)[cookieName('device', req.secure)] ?? '').split('.');
    return { id, tags };
  };
  const tagOf = (id: string, subject: string): string => signer.mac(`${id}\n${subject}`);

  return {
    known(req: Request, subject: string): string | null {
      const { id, tags } = read(req);
      return id !== '' && tags.some((tag) => signer.isMac(`${id}\n${subject}`, tag)) ? id : null;
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
