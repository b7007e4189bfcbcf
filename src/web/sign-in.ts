import type { Request, Response } from 'express';
import { cookieFlags, cookieName } from './cookies.ts';
import type { Member } from './member.queries.ts';

const MAX_USER_AGENT_CHARS = 300;
const FRESH_MS = 30 * 60_000;

/** Signs the member in under a new session id, so that an id planted before is worth nothing. */
export async function startSession(req: Request, member: Member): Promise<void> {
  await new Promise<void>((resolve, reject) => req.login(member, (error) => (error ? reject(error) : resolve())));
  req.session.device = { ip: req.ip ?? '', userAgent: (req.get('user-agent') ?? '').slice(0, MAX_USER_AGENT_CHARS) };
  req.session.signedInMs = Date.now();
  await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
}

/** Whether the password was given a short while ago, so that whoever sits there is most likely who gave it. */
export const isFresh = ({ session }: Request): boolean => Date.now() - (session.signedInMs ?? 0) < FRESH_MS;

/** Ends the session in the database too: its cookie opens nothing any more. */
export async function endSession(req: Request, res: Response): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
  res.clearCookie(cookieName('sid', req.secure), cookieFlags(req.secure));
}
