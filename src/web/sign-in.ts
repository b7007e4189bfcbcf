import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { MINUTE_MS } from '#core/durations.ts';
import { ipOf } from './client-address.ts';
import { cookieFlags, cookieName } from './cookies.ts';
import type { Member } from './member.queries.ts';
import { PasswordChangedError } from './session.ts';

const MAX_USER_AGENT_CHARS = 300;
const FRESH_MS = 10 * MINUTE_MS;

/** An account and the password hash a sign-in was compared with. It is not read again (S73: a password changed meanwhile). */
export interface VerifiedLogin {
  id: string;
  passwordHash: string;
}

/** Tells whether a password is still the same, without its hash. */
export const passwordDigest = (passwordHash: string): string => createHash('sha256').update(passwordHash).digest('hex');

/** A new session id prevents session fixation. False when the password changed since it was compared. */
export async function startSession(req: Request, member: Member, { passwordHash }: VerifiedLogin): Promise<boolean> {
  await called((done) => req.session.regenerate(done));
  Object.assign(req.session, {
    passport: { user: member.user.id },
    tenantId: member.tenant.id,
    passwordDigest: passwordDigest(passwordHash),
    device: { ip: ipOf(req) ?? '', userAgent: (req.get('user-agent') ?? '').slice(0, MAX_USER_AGENT_CHARS) },
    signedInMs: Date.now(),
  });
  try {
    await called((done) => req.session.save(done));
  } catch (error) {
    if (!(error instanceof PasswordChangedError)) throw error;
    await called((done) => req.session.destroy(done));
    return false;
  }
  req.session.lastSeenMs = Date.now();
  req.user = member;
  return true;
}

/** True shortly after the password was entered, when the user is most likely still present. */
export const isFresh = ({ session }: Request): boolean => Date.now() - (session.signedInMs ?? 0) < FRESH_MS;

/** Pages show the field of the password where an act needs it again. */
export const freshLocal: RequestHandler = (req, res, next) => {
  res.locals['fresh'] = req.user !== undefined && isFresh(req);
  res.locals['hasPasskey'] = req.user !== undefined && req.session.hasPasskey === true;
  next();
};

/** After a right password. */
export function refresh({ session, res }: Request): void {
  session.signedInMs = Date.now();
  if (res) res.locals['fresh'] = true;
}

export async function endSession(req: Request, res: Response): Promise<void> {
  await called((done) => req.session.destroy(done));
  res.clearCookie(cookieName('sid', req.secure), cookieFlags(req.secure));
}

const called = (call: (done: (error: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
