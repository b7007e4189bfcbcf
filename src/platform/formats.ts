import type { Language } from '#core/languages.ts';

// ICU's Uzbek month names differ between versions of Node.
const UZBEK_MONTHS = [
  'yanvar',
  'fevral',
  'mart',
  'aprel',
  'may',
  'iyun',
  'iyul',
  'avgust',
  'sentabr',
  'oktabr',
  'noyabr',
  'dekabr',
];
const NO_BREAK_SPACE = '\u00a0';
const LOCALE_TAGS: Record<Language, string> = { en: 'en-GB', ru: 'ru-RU', uz: 'uz-UZ' };
const SUM: Record<Language, string> = { en: 'soʻm', ru: 'сум', uz: 'soʻm' };

type Moment = Date | string | number;
const made = new Map<string, ReturnType<typeof makeFormats>>();

export function createFormats(language: Language, timeZone: string) {
  const key = `${language} ${timeZone}`;
  const formats = made.get(key) ?? makeFormats(language, timeZone);
  made.set(key, formats);
  return formats;
}

function makeFormats(language: Language, timeZone: string) {
  const date = new Intl.DateTimeFormat(LOCALE_TAGS[language], { day: 'numeric', month: 'long', year: 'numeric', timeZone });
  const parts = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'numeric', year: 'numeric', timeZone });
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });

  const dayMonth = new Intl.DateTimeFormat(LOCALE_TAGS[language], { day: 'numeric', month: 'long', timeZone });

  const uzbekDate = (moment: Date): string => {
    const part = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
    return `${Number(part.day)}-${UZBEK_MONTHS[Number(part.month) - 1]}, ${part.year}`;
  };
  const formatDate = (moment: Moment): string =>
    language === 'uz' ? uzbekDate(new Date(moment)) : date.format(new Date(moment));
  const shortDate = (moment: Moment): string =>
    language === 'uz' ? uzbekDate(new Date(moment)).replace(/, \d+$/, '') : dayMonth.format(new Date(moment));
  const month = new Intl.DateTimeFormat(LOCALE_TAGS[language], { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const formatMonth = (key: string): string => {
    const [year, number] = key.split('-');
    return language === 'uz' ? `${UZBEK_MONTHS[Number(number) - 1]}, ${year}` : month.format(new Date(`${key}-01T00:00:00Z`));
  };
  const yearOf = (moment: Moment): string => formatDate(moment).match(/\d{4}/)?.[0] ?? '';
  const formatTime = (moment: Moment): string => time.format(new Date(moment));
  const formatNumber = (value: number): string => grouped(value, language === 'en' ? ',' : NO_BREAK_SPACE);

  return {
    formatDate,
    formatTime,
    formatDay: shortDate,
    formatMonth,
    formatDateTime: (moment: Moment): string => `${formatDate(moment)}, ${formatTime(moment)}`,
    /** For lists: the time today, day and time this year, otherwise the date. */
    formatRecent(moment: Moment, now: Moment = new Date()): string {
      if (formatDate(moment) === formatDate(now)) return formatTime(moment);
      return yearOf(moment) === yearOf(now) ? `${shortDate(moment)}, ${formatTime(moment)}` : formatDate(moment);
    },
    formatNumber,
    formatMoney: (sum: number): string => `${grouped(Math.round(sum), NO_BREAK_SPACE)}${NO_BREAK_SPACE}${SUM[language]}`,
  };
}

function grouped(value: number, separator: string): string {
  const [whole = '', fraction] = String(value).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, separator);
  return fraction && separator === ',' ? `${digits}.${fraction}` : fraction ? `${digits},${fraction}` : digits;
}
