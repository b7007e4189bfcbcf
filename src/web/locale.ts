import type { Request, RequestHandler, Response } from 'express';
import { LanguageDetector } from 'i18next-http-middleware';
import { DEFAULT_LANGUAGE, isLanguage, LANGUAGES, type Language } from '#core/languages.ts';
import type { I18n } from '#platform/i18n/i18n.ts';

export const LANGUAGE_COOKIE = 'lang';
const ORDER = ['cookie', 'header'];
const YEAR_MS = 31_536_000_000;

/** `visitor` runs before anything that can fail, so that error pages are translated. `member` uses the account's language. */
export function createLocale(i18n: I18n): { visitor: RequestHandler; member: RequestHandler } {
  const detector = new LanguageDetector(
    i18n.services,
    { order: ORDER, lookupCookie: LANGUAGE_COOKIE, caches: false },
    { fallbackLng: DEFAULT_LANGUAGE },
  );
  // Created once: the package's own middleware clones i18next for every request, and a stream holds the clone.
  const translators = new Map(LANGUAGES.map((language) => [language, i18n.getFixedT(language)]));
  function speak(res: Response, language: Language): void {
    Object.assign(res.locals, { t: translators.get(language), language });
    res.set('Content-Language', language);
  }
  return {
    visitor(req, res, next) {
      const wanted = detector.detect(req, res, ORDER) as unknown;
      speak(res, isLanguage(wanted) ? wanted : DEFAULT_LANGUAGE);
      next();
    },
    member(req, res, next) {
      const language = req.user?.user.language;
      if (isLanguage(language)) speak(res, language);
      next();
    },
  };
}

export function rememberLanguage(req: Request, res: Response, language: Language): void {
  res.cookie(LANGUAGE_COOKIE, language, { httpOnly: true, sameSite: 'lax', path: '/', secure: req.secure, maxAge: YEAR_MS });
}
