import type { Request, RequestHandler, Response } from 'express';
import { LanguageDetector } from 'i18next-http-middleware';
import { DEFAULT_LANGUAGE, isLanguage, LANGUAGES, type Language } from '#core/languages.ts';
import type { I18n } from '#platform/i18n/i18n.ts';

export const LANGUAGE_COOKIE = 'lang';
const ORDER = ['cookie', 'header'];
const YEAR_MS = 31_536_000_000;

/**
 * `t` and `language` for the views. `visitor` goes by the `lang` cookie, then Accept-Language, then Uzbek, and runs before
 * anything that can fail, so that error pages speak too; `member` goes by the account once it is known who asks.
 */
export function createLocale(i18n: I18n): { visitor: RequestHandler; member: RequestHandler } {
  const detector = new LanguageDetector(
    i18n.services,
    { order: ORDER, lookupCookie: LANGUAGE_COOKIE, caches: false },
    { fallbackLng: DEFAULT_LANGUAGE },
  );
  // Made once: the package's own middleware clones all of i18next for every request, which a stream holds as long as it lasts.
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

/** Remembers the language in the browser, for the pages before signing in. */
export function rememberLanguage(req: Request, res: Response, language: Language): void {
  res.cookie(LANGUAGE_COOKIE, language, { httpOnly: true, sameSite: 'lax', path: '/', secure: req.secure, maxAge: YEAR_MS });
}
