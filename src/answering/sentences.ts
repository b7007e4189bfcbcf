import type { FixedSentence } from '#core/decide-reply.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { SmallTalk } from '#core/small-talk.ts';
import { latinToCyrillic } from '#core/uzbek.ts';
import type { I18n } from '#platform/i18n/i18n.ts';

export type SentenceKey = FixedSentence | 'opt_out' | 'media_no_ai' | 'fallback' | 'pause' | `small_talk.${SmallTalk}`;

/** In the words that core/decide-reply understands, the same in every language. */
const CHOICES = ['English', 'Русский', 'Oʻzbekcha', 'Ўзбекча'].map((name) => `/language ${name}`).join('\n');

/**
 * What the bot itself says to customers, worded in locales/<language>/bot.json. Uzbek in Cyrillic is written from the Latin
 * wording; what fills a sentence keeps its letters. `{{choices}}` is always filled.
 */
export function createSentences({ i18n }: { i18n: I18n }) {
  return (language: ReplyLanguage, key: SentenceKey, params: Record<string, string> = {}): string => {
    if (language !== 'uz-Cyrl') return i18n.t(`bot.${key}`, { lng: language, choices: CHOICES, ...params });
    const template = latinToCyrillic(
      i18n.t(`bot.${key}`, { lng: 'uz', interpolation: { skipOnVariables: true }, ...unfilled(params) }),
    );
    return fill(template, { choices: CHOICES, ...params });
  };
}

export type Sentence = ReturnType<typeof createSentences>;

/** Each placeholder filled with itself: it comes through translation as it is. */
const unfilled = (params: Record<string, string>): Record<string, string> =>
  Object.fromEntries(['choices', ...Object.keys(params)].map((name) => [name, `{{${name}}}`]));

const fill = (template: string, params: Record<string, string>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => params[name] ?? placeholder);
