import type { RequestHandler } from 'express';
import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import { rightsOf } from '#core/rights.ts';
import { DEFAULT_TIME_ZONE } from '#core/time.ts';
import { createFormats } from '#platform/formats.ts';

export const viewLocals: RequestHandler = (req, res, next) => {
  const language = isLanguage(res.locals.language) ? res.locals.language : DEFAULT_LANGUAGE;
  Object.assign(res.locals, createFormats(language, req.user?.tenant.timeZone ?? DEFAULT_TIME_ZONE), {
    member: req.user,
    // What the member may do, by right; nobody signed in may do nothing.
    may: req.user ? rightsOf(req.user.role) : {},
    path: req.path,
    form: {},
    errors: {},
  });
  next();
};
