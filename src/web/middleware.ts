import { type RequestHandler, Router } from 'express';
import type { Database } from '#platform/db/database.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Logger } from '#platform/logger.ts';
import { csrfProtection } from './csrf.ts';
import { flashes } from './flash.ts';
import { requireMember } from './guards.ts';
import { createLocale } from './locale.ts';
import type { WebPassport } from './passport.ts';
import { requestLog } from './request-log.ts';
import { bodies, cleanAddress, hostCheck, noStore, securityHeaders } from './security.ts';
import { sessions } from './session.ts';
import { readUpload } from './upload.ts';
import { viewLocals } from './view-locals.ts';

export interface WebDeps {
  database: Database;
  logger: Logger;
  i18n: I18n;
  passport: WebPassport;
  sessionSecret: string;
  publicUrl: string | undefined;
  /** Paths that are for signed-in people, with all below them. */
  memberPaths: string[];
  /** Paths whose forms bring a file. */
  uploadPaths: string[];
}

/** For everything, static files, webhooks and probes included; error pages can speak after it. */
export function outerMiddleware({ logger, i18n, publicUrl }: WebDeps): RequestHandler[] {
  const locale = createLocale(i18n);
  return [requestLog(logger), securityHeaders(), locale.visitor, viewLocals, hostCheck(publicUrl), cleanAddress];
}

/** For pages, after static files and webhooks, in this order. */
export function pageMiddleware(deps: WebDeps): RequestHandler[] {
  return [
    noStore,
    ...bodies,
    flashes(deps.sessionSecret),
    sessions({ database: deps.database, secret: deps.sessionSecret }),
    deps.passport.session,
    createLocale(deps.i18n).member,
    viewLocals,
    // Before the token is looked at: a form sent after the session's end leads to the login page, not to a refusal.
    Router().use(deps.memberPaths, requireMember),
    Router().post(deps.uploadPaths, readUpload()),
    csrfProtection({ secret: deps.sessionSecret, publicUrl: deps.publicUrl }),
  ];
}
