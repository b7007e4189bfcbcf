import { doubleCsrf } from 'csrf-csrf';
import type { Request, RequestHandler } from 'express';
import { ForbiddenError } from '#core/errors.ts';
import { cookieFlags, cookieName, cookiesOf } from './cookies.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site made the browser send: a token that only our pages hold (signed double submit, bound to the
 * session, so that the one from before signing in is worth nothing after), and the browser's own word on where the request
 * comes from. Visitors who are not signed in get a cookie, never a row in the database.
 */
export function csrfProtection({ secret, publicUrl }: { secret: string; publicUrl?: string | undefined }): RequestHandler {
  const publicHost = publicUrl ? new URL(publicUrl).host : null;
  const [overHttps, overHttp] = [tokens(secret, true), tokens(secret, false)];

  return (req, res, next) => {
    req.cookies = cookiesOf(req);
    const { generateCsrfToken, validateRequest } = req.secure ? overHttps : overHttp;
    if (!SAFE_METHODS.has(req.method)) {
      if (isForeign(req, publicHost) || !validateRequest(req)) throw new ForbiddenError('errors.csrf');
    }
    // Made when a page is rendered: nothing else needs the cookie.
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

function tokens(secret: string, secure: boolean) {
  return doubleCsrf({
    getSecret: () => secret,
    getSessionIdentifier: (req) => (req.user ? req.sessionID : 'anonymous'),
    cookieName: cookieName('csrf', secure),
    cookieOptions: cookieFlags(secure) as { sameSite: 'lax' },
    getCsrfTokenFromRequest: (req) => req.body?._csrf ?? req.headers['x-csrf-token'],
  });
}

/** What the browser says itself; scripts and old browsers say nothing, and then the token decides alone. */
function isForeign(req: Request, publicHost: string | null): boolean {
  const site = req.get('sec-fetch-site');
  if (site) return site !== 'same-origin' && site !== 'none';
  const origin = req.get('origin');
  if (!origin) return false;
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  return host === '' || (host !== req.get('host') && host !== req.host && host !== publicHost);
}
