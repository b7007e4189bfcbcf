import { doubleCsrf } from 'csrf-csrf';
import type { Request, RequestHandler } from 'express';
import { ForbiddenError } from '#core/errors.ts';
import { cookieFlags, cookieName, cookiesOf, type Secrets } from './cookies.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A signed double-submit token bound to the session, and the browser's Sec-Fetch-Site and Origin headers. */
export function csrfProtection({
  secrets,
  publicUrl,
  visitorPaths = [],
}: {
  secrets: Secrets;
  publicUrl?: string | undefined;
  /** Forms that sign in. Sent twice, the second has a visitor's token and comes from a member. */
  visitorPaths?: readonly string[];
}): RequestHandler {
  const publicHost = publicUrl ? new URL(publicUrl).host : null;
  const [overHttps, overHttp] = [tokens(secrets, true), tokens(secrets, false)];

  return (req, res, next) => {
    req.cookies = cookiesOf(req);
    const { generateCsrfToken, validateRequest, isVisitors } = req.secure ? overHttps : overHttp;
    if (!SAFE_METHODS.has(req.method)) {
      if (isForeign(req, publicHost)) throw new ForbiddenError('errors.csrf');
      if (!validateRequest(req)) {
        if (req.user && visitorPaths.includes(req.path) && isVisitors(req)) return res.redirect(303, '/dashboard');
        throw new ForbiddenError('errors.csrf');
      }
    }
    let token: string | undefined;
    Object.defineProperty(res.locals, 'csrfToken', {
      enumerable: true,
      configurable: true,
      get: () => {
        token ??= generateCsrfToken(req, res);
        return token;
      },
    });
    next();
  };
}

const VISITOR = 'anonymous';

function tokens(secrets: Secrets, secure: boolean) {
  const ofVisitor = protection(secrets, secure, () => VISITOR);
  const { generateCsrfToken, validateRequest } = protection(secrets, secure, (req) => (req.user ? req.sessionID : VISITOR));
  return { generateCsrfToken, validateRequest, isVisitors: ofVisitor.validateRequest };
}

function protection(secrets: Secrets, secure: boolean, getSessionIdentifier: (req: Request) => string) {
  return doubleCsrf({
    getSecret: () => [...secrets],
    getSessionIdentifier,
    cookieName: cookieName('csrf', secure),
    cookieOptions: cookieFlags(secure) as { sameSite: 'lax' },
    getCsrfTokenFromRequest: (req) => req.body?._csrf ?? req.headers['x-csrf-token'],
  });
}

/** Scripts and old browsers send neither header; then the token decides alone. */
function isForeign(req: Request, publicHost: string | null): boolean {
  const site = req.get('sec-fetch-site');
  if (site) return site !== 'same-origin' && site !== 'none';
  const origin = req.get('origin');
  if (!origin) return false;
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  return host === '' || (host !== req.get('host') && host !== req.host && host !== publicHost);
}
