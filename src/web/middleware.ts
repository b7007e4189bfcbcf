import { type RequestHandler, Router } from 'express';
import type { Sealer } from '#platform/crypto/seal.ts';
import type { Database } from '#platform/db/database.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Logger } from '#platform/logger.ts';
import { bodyRoom } from './body-room.ts';
import type { Secrets } from './cookies.ts';
import { csrfProtection } from './csrf.ts';
import { flashes } from './flash.ts';
import { formOnce } from './form-once.ts';
import { requireMember } from './guards.ts';
import { createLocale } from './locale.ts';
import type { WebPassport } from './passport.ts';
import { requestLog } from './request-log.ts';
import { requestShares } from './request-shares.ts';
import type { Rivals } from './rivals.ts';
import { bodies, cleanAddress, hostCheck, noStore, noTrace, securityHeaders } from './security.ts';
import { sessions } from './session.ts';
import { freshLocal } from './sign-in.ts';
import { cutSlowBodies } from './slow-bodies.ts';
import { readUpload, type UploadLimits } from './upload.ts';
import { viewLocals } from './view-locals.ts';

export interface WebDeps {
  database: Database;
  logger: Logger;
  i18n: I18n;
  passport: WebPassport;
  sessionSecrets: Secrets;
  sealer: Sealer;
  publicUrl: string | undefined;
  memberPaths: string[];
  /** Forms that sign in. */
  visitorPaths: string[];
  rivals: Rivals;
  uploads: { paths: string[]; limits: UploadLimits }[];
}

/** For everything, including static files, webhooks and probes. Error pages after it are translated. */
export function outerMiddleware({ logger, i18n, publicUrl }: WebDeps): RequestHandler[] {
  const locale = createLocale(i18n);
  return [
    cutSlowBodies,
    requestLog(logger),
    bodyRoom(),
    securityHeaders(),
    noTrace,
    locale.visitor,
    viewLocals,
    hostCheck(publicUrl),
    cleanAddress,
  ];
}

export function pageMiddleware(deps: WebDeps): RequestHandler[] {
  const { ofBrowsers, ofBusinesses } = requestShares({ secrets: deps.sessionSecrets, rivals: deps.rivals });
  return [
    noStore,
    ...bodies,
    ofBrowsers,
    flashes(deps.sessionSecrets),
    sessions({ database: deps.database, secrets: deps.sessionSecrets }),
    deps.passport.session,
    createLocale(deps.i18n).member,
    viewLocals,
    freshLocal,
    // Before the CSRF check: a form sent after the session's end leads to the login page, not to a refusal.
    Router().use(deps.memberPaths, requireMember),
    ...deps.uploads.map(({ paths, limits }) => Router().post(paths, readUpload(limits))),
    // After uploads: a slow one would keep a place of its business.
    ofBusinesses,
    csrfProtection({ secrets: deps.sessionSecrets, publicUrl: deps.publicUrl, visitorPaths: deps.visitorPaths }),
    formOnce(deps),
  ];
}
