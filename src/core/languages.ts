export const LANGUAGES = ['en', 'ru', 'uz'] as const;
export type Language = (typeof LANGUAGES)[number];

export const REPLY_LANGUAGES = ['en', 'ru', 'uz', 'uz-Cyrl'] as const;
export type ReplyLanguage = (typeof REPLY_LANGUAGES)[number];

/** The language of the first market; used when nothing else is known. */
export const DEFAULT_LANGUAGE: Language = 'uz';

export const isLanguage = (value: unknown): value is Language => LANGUAGES.includes(value as Language);
