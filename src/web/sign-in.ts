import type { Request } from 'express';
import type { Member } from './member.repo.ts';

const MAX_USER_AGENT_CHARS = 300;

/** Signs the member in under a new session id, so that an id planted before is worth nothing. */
export async function signIn(req: Request, member: Member): Promise<void> {
  await new Promise<void>((resolve, reject) => req.login(member, (error) => (error ? reject(error) : resolve())));
  req.session.device = { ip: req.ip ?? '', userAgent: (req.get('user-agent') ?? '').slice(0, MAX_USER_AGENT_CHARS) };
  await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
}

/** Ends the session in the database too: its cookie opens nothing any more. */
export async function signOut(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
}
