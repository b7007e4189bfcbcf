import type { FixedSentence } from '#core/decide-reply.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { FileWord } from '#core/readable-file.ts';
import type { SmallTalk } from '#core/small-talk.ts';
import { latinToCyrillic } from '#core/uzbek-script.ts';
import type { I18n } from '#platform/i18n/i18n.ts';

export const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
type MonthName = (typeof MONTH_NAMES)[number];
type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
type FactSentence =
  | 'address'
  | 'address_list'
  | 'always'
  | 'closed'
  | 'closed_until'
  | 'date'
  | 'day_month'
  | 'on_date'
  | 'day_off'
  | 'day_closed'
  | 'day_open'
  | 'every_day'
  | 'hours'
  | 'open'
  | 'open_until'
  | 'payment'
  | 'phone'
  | 'phone_list'
  | 'today'
  | 'tomorrow'
  | `at.${'today' | 'tomorrow' | 'day'}`
  | `delivery.${'yes' | 'no' | 'price' | 'free' | 'area' | 'time'}`
  | `method.${'cash' | 'transfer'}`
  | `month.${MonthName}`
  | `${'on' | 'short'}.${Weekday}`;

export type SentenceKey =
  | FixedSentence
  | 'opt_out'
  | 'media_no_ai'
  | 'file_unread'
  | `file_word.${FileWord}`
  | 'unknown'
  | 'correction'
  | 'did_you_mean'
  | 'asked_before'
  | 'choose'
  | 'open_list'
  | 'other_question'
  | 'call_person'
  | 'pause'
  | `small_talk.${SmallTalk}`
  | `business.${FactSentence}`;

/** Commands that core/decide-reply understands, the same in every language. */
const CHOICES = ['English', 'Русский', 'Oʻzbekcha', 'Ўзбекча'].map((name) => `/language ${name}`).join('\n');

/** From locales/<language>/bot.json. Uzbek Cyrillic is derived from the Latin text; parameters keep their letters. */
export function createSentences({ i18n }: { i18n: I18n }) {
  return (language: ReplyLanguage, key: SentenceKey, params: Record<string, string> = {}): string => {
    if (language !== 'uz-Cyrl') return i18n.t(`bot.${key}`, { lng: language, choices: CHOICES, ...params });
    const latin = i18n.t(`bot.${key}`, { lng: 'uz', interpolation: { skipOnVariables: true }, ...unfilled(params) });
    const template = key.startsWith('business.short.') ? shortDay(latin) : latinToCyrillic(latin);
    return fill(template, { choices: CHOICES, ...params });
  };
}

export type Sentence = ReturnType<typeof createSentences>;

/** With a capital, "Pay" is a name. */
function shortDay(latin: string): string {
  const cyrillic = latinToCyrillic(latin.toLowerCase());
  return cyrillic.charAt(0).toUpperCase() + cyrillic.slice(1);
}

const unfilled = (params: Record<string, string>): Record<string, string> =>
  Object.fromEntries(['choices', ...Object.keys(params)].map((name) => [name, `{{${name}}}`]));

const fill = (template: string, params: Record<string, string>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => params[name] ?? placeholder);
