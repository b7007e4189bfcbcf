import type { Request, Response } from 'express';
import { MINUTE_MS } from '#core/durations.ts';
import { cookieFlags, cookieName, cookiesOf, createSigner, type Secrets } from '#web/cookies.ts';
import { passwordDigest, type VerifiedLogin } from '#web/sign-in.ts';

const COOKIE = 'second-step';
const LIFETIME_MS = 10 * MINUTE_MS;

/** Between the right password and the code: a signed cookie. There is no session yet. */
export function createSecondStep(secrets: Secrets) {
  const signer = createSigner(secrets, COOKIE);
  return {
    begin(req: Request, res: Response, { id, passwordHash }: VerifiedLogin): void {
      const value = [id, passwordDigest(passwordHash), Date.now() + LIFETIME_MS].join('_');
      res.cookie(cookieName(COOKIE, req.secure), signer.sign(value), { ...cookieFlags(req.secure), maxAge: LIFETIME_MS });
    },

    read(req: Request): { userId: string; digest: string } | null {
      const [userId = '', digest = '', until] = (signer.read(cookiesOf(req)[cookieName(COOKIE, req.secure)]) ?? '').split('_');
      return Number(until) > Date.now() ? { userId, digest } : null;
    },

    end: (req: Request, res: Response): void => void res.clearCookie(cookieName(COOKIE, req.secure), cookieFlags(req.secure)),
  };
}

export type SecondStep = ReturnType<typeof createSecondStep>;
