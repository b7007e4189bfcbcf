/** The languages of the pages. */
export const LANGUAGES = ['en', 'ru', 'uz'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What customers are answered in: Uzbek is written in two scripts. */
export const REPLY_LANGUAGES = ['en', 'ru', 'uz', 'uz-Cyrl'] as const;
export type ReplyLanguage = (typeof REPLY_LANGUAGES)[number];

/** The first market's; used when nothing else is known. */
export const DEFAULT_LANGUAGE: Language = 'uz';

export const isLanguage = (value: unknown): value is Language => LANGUAGES.includes(value as Language);
