import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { MINUTE_MS } from '#core/durations.ts';
import { cookieFlags, cookieName, cookiesOf, createSigner, type Secrets } from '#web/cookies.ts';

const COOKIE = 'passkey';
const LIFETIME_MS = 5 * MINUTE_MS;
const BYTES = 32;

/** What a challenge is for; an answer to one is no answer to another. */
export type Purpose = 'add' | 'enter' | 'confirm';

export interface Challenge {
  challenge: string;
  at: Date;
}

/** The question that a passkey answers: in a signed cookie of the person it was made for. */
export function createPasskeyChallenges(secrets: Secrets) {
  const signer = createSigner(secrets, COOKIE);
  return {
    begin(req: Request, res: Response, purpose: Purpose, userId: string): string {
      const challenge = randomBytes(BYTES).toString('base64url');
      const value = [purpose, userId, challenge, Date.now()].join('.');
      res.cookie(cookieName(COOKIE, req.secure), signer.sign(value), { ...cookieFlags(req.secure), maxAge: LIFETIME_MS });
      return challenge;
    },

    /** Null: none was asked for, of another kind, for somebody else, or too long ago. */
    take(req: Request, res: Response, purpose: Purpose, userId: string): Challenge | null {
      const signed = signer.read(cookiesOf(req)[cookieName(COOKIE, req.secure)]);
      res.clearCookie(cookieName(COOKIE, req.secure), cookieFlags(req.secure));
      const [kind, forUser, challenge = '', at = ''] = (signed ?? '').split('.');
      const isFresh = Number(at) + LIFETIME_MS > Date.now();
      return kind === purpose && forUser === userId && isFresh ? { challenge, at: new Date(Number(at)) } : null;
    },
  };
}

export type PasskeyChallenges = ReturnType<typeof createPasskeyChallenges>;
