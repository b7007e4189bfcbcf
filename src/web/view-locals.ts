import type { RequestHandler } from 'express';
import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import { createFormats } from '#platform/formats.ts';

const DEFAULT_TIME_ZONE = 'Asia/Tashkent';

/** What every view may count on besides `t`, `language`, `csrfToken` and `flashes`. */
export const viewLocals: RequestHandler = (req, res, next) => {
  const language = isLanguage(res.locals.language) ? res.locals.language : DEFAULT_LANGUAGE;
  Object.assign(res.locals, createFormats(language, req.user?.tenant.timeZone ?? DEFAULT_TIME_ZONE), {
    member: req.user,
    path: req.path,
    form: {},
    errors: {},
  });
  next();
};
