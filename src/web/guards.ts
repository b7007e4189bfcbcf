import type { Request, RequestHandler } from 'express';
import { AppError, ForbiddenError, NotFoundError } from '#core/errors.ts';
import type { Member } from './member.queries.ts';
import { wantsJson } from './wants-json.ts';

export type { Member } from './member.queries.ts';

/** Lets signed-in people pass: 303 to /login for a page, 401 for a script. */
export const requireMember: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  if (wantsJson(req)) throw new AppError(401, 'errors.sign_in');
  // What was sent by a form is gone after signing in; the page it came from is the better place to return to.
  const returnTo = req.method === 'GET' ? req.originalUrl : null;
  res.redirect(303, returnTo ? `/login?returnTo=${encodeURIComponent(returnTo)}` : '/login');
};

/** For anybody else the page does not exist. */
export const requireAdmin: RequestHandler = (req, _res, next) => {
  if (!req.user?.user.isAdmin) throw new NotFoundError();
  next();
};

/** What an operator must not do. */
export const requireOwner: RequestHandler = (req, _res, next) => {
  if (memberOf(req).role !== 'owner') throw new ForbiddenError();
  next();
};

/** Who is asking. Only behind requireMember. */
export function memberOf(req: Request): Member {
  if (!req.user) throw new Error(`${req.path} is not behind requireMember`);
  return req.user;
}

export const tenantOf = (req: Request): Member['tenant'] => memberOf(req).tenant;
