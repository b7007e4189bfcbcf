import type { Request, RequestHandler } from 'express';
import { AppError, ForbiddenError, NotFoundError } from '#core/errors.ts';
import { may, type Right } from '#core/rights.ts';
import type { Member } from './member.queries.ts';
import { wantsJson } from './wants-json.ts';

export type { Member } from './member.queries.ts';

export const requireMember: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  if (wantsJson(req)) throw new AppError(401, 'errors.sign_in');
  // The body of a form is lost after sign-in, so only a GET is returned to.
  const returnTo = req.method === 'GET' ? req.originalUrl : null;
  res.redirect(303, returnTo ? `/login?returnTo=${encodeURIComponent(returnTo)}` : '/login');
};

/** For anybody else the page does not exist. */
export const requireAdmin: RequestHandler = (req, _res, next) => {
  if (!req.user?.user.isAdmin) throw new NotFoundError();
  next();
};

/** The one guard of roles: core/rights says who has which right. */
export const requires =
  (right: Right): RequestHandler =>
  (req, _res, next) => {
    if (!may(memberOf(req).role, right)) throw new ForbiddenError();
    next();
  };

export function memberOf(req: Request): Member {
  if (!req.user) throw new Error(`${req.path} is not behind requireMember`);
  return req.user;
}

export const tenantOf = (req: Request): Member['tenant'] => memberOf(req).tenant;
