export interface NamedDate {
  day: number;
  month: number;
  year: number | null;
  text: string;
}

// January first. Prefixes of words, without apostrophes: "dekabrda", "декабря", "Dec".
const MONTHS = [
  'yanvar|январ|january|jan\\b',
  'fevral|феврал|february|feb\\b',
  'mart|март|march|mar\\b',
  'aprel|апрел|april|apr\\b',
  'may(?:da|dan|gacha|ning)?\\b|май|мая|мае',
  'iyun|июн|june|jun\\b',
  'iyul|июл|july|jul\\b',
  'avgust|август|august|aug\\b',
  'sentabr|sentyabr|сентябр|september|sept?\\b',
  'oktabr|oktyabr|октябр|october|oct\\b',
  'noyabr|ноябр|november|nov\\b',
  'dekabr|декабр|december|dec\\b',
];
const MONTH = `(?:${MONTHS.join('|')})`;
const MONTH_NAMES = MONTHS.map((names) => new RegExp(`^(?:${names})`, 'iu'));
const monthOf = (word: string): number => 1 + MONTH_NAMES.findIndex((names) => names.test(word));

// Prefixes of ordinals, longest first: "yigirma beshinchi" before "beshinchi".
const ORDINALS: readonly [string, number][] = ordinals();

const END = '(?![\\p{L}\\d])';
const START = '(?<![\\p{L}\\d])';
const YEAR = '(?:[\\s,]{1,2}(20\\d\\d))?';
const DAY_MONTH = new RegExp(
  `${START}(\\d{1,2})(?:-?(?:chi|inchi|го|е|th|st|nd|rd))?(?:\\s{1,2}of)?[\\s-]{0,3}(${MONTH})\\p{L}*${YEAR}`,
  'giu',
);
const MONTH_DAY = new RegExp(
  `${START}(${MONTH})\\p{L}*[\\s-]{1,3}(?:the\\s{1,2})?(\\d{1,2})(?:st|nd|rd|th)?${END}(?!\\s{0,2}[:.]\\d)(?:,?\\s{1,2}(20\\d\\d))?`,
  'giu',
);
const RANGE = new RegExp(
  `${START}(\\d{1,2})\\s{0,2}(?:-|dan|дан|по|до|to|va|и|and|,){1,2}\\s{0,2}(\\d{1,2})\\s{0,2}-?\\s{0,2}(${MONTH})`,
  'giu',
);
const DIGITS = /(?<![\d.])(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?![\d])/g;
const ISO = /(?<!\d)(20\d\d)-(\d{2})-(\d{2})(?!\d)/g;

const ORDINAL = new RegExp(`${START}(?:the )?(${ORDINALS.map(([words]) => words).join('|')})\\s+(?:of )?(?=${MONTH})`, 'giu');

/** `beshinchi dekabr` → `5 dekabr`. Expects lower case without apostrophes. */
export function ordinalWordsAsDigits(text: string): string {
  return text.replace(ORDINAL, (whole, words: string) => {
    const day = ORDINALS.find(([known]) => new RegExp(`^(?:${known})$`, 'iu').test(words))?.[1];
    return day === undefined ? whole : `${day} `;
  });
}

/** `rest` is the text without the days, so that their digits are not read again. */
export function datesIn(text: string): { dates: NamedDate[]; rest: string } {
  const dates: NamedDate[] = [];
  const taken: [start: number, end: number][] = [];
  const take = (pattern: RegExp, read: (match: RegExpExecArray) => Omit<NamedDate, 'text'>, keep = false): void => {
    for (const match of text.matchAll(pattern)) {
      const date = read(match as RegExpExecArray);
      if (date.day < 1 || date.day > 31 || date.month < 1 || date.month > 12) continue;
      dates.push({ ...date, text: match[0].trim() });
      if (!keep) taken.push([match.index, match.index + match[0].length]);
    }
  };
  const fullYear = (digits: string | undefined): number | null =>
    digits ? (digits.length === 2 ? 2000 + Number(digits) : Number(digits)) : null;
  take(ISO, ([, year, month, day]) => ({ day: Number(day), month: Number(month), year: Number(year) }));
  take(DIGITS, ([, day, month, year]) => ({ day: Number(day), month: Number(month), year: fullYear(year) }));
  take(RANGE, ([, day, , month = '']) => ({ day: Number(day), month: monthOf(month), year: null }), true);
  take(DAY_MONTH, ([, day, month = '', year]) => ({ day: Number(day), month: monthOf(month), year: fullYear(year) }));
  take(MONTH_DAY, ([, month = '', day, year]) => ({ day: Number(day), month: monthOf(month), year: fullYear(year) }));
  return { dates, rest: blanked(text, taken) };
}

function blanked(text: string, taken: [start: number, end: number][]): string {
  let [rest, at] = ['', 0];
  for (const [start, end] of taken.sort(([a], [b]) => a - b)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    rest += text.slice(at, from) + '\u0000'.repeat(end - from);
    at = end;
  }
  return rest + text.slice(at);
}

function ordinals(): [string, number][] {
  const uz = ['', 'bir', 'ikki', 'uch', 'tort', 'besh', 'olti', 'yetti', 'sakkiz', 'toqqiz'];
  const cyrillic = ['', 'бир', 'икки', 'уч', 'тўрт', 'беш', 'олти', 'етти', 'саккиз', 'тўққиз'];
  const ru = ['', 'перв', 'втор', 'трет', 'четверт', 'пят', 'шест', 'седьм', 'восьм', 'девят'];
  const teens = [
    'десят',
    'одиннадцат',
    'двенадцат',
    'тринадцат',
    'четырнадцат',
    'пятнадцат',
    'шестнадцат',
    'семнадцат',
    'восемнадцат',
    'девятнадцат',
  ];
  const en = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
  const enTeens = [
    'tenth',
    'eleventh',
    'twelfth',
    'thirteenth',
    'fourteenth',
    'fifteenth',
    'sixteenth',
    'seventeenth',
    'eighteenth',
    'nineteenth',
  ];
  const tens: [number, string, string, string, string, string, string, string][] = [
    [30, 'ottiz', 'ottizi', 'ўттиз', 'тридцать', 'тридцат', 'thirty', 'thirtieth'],
    [20, 'yigirma', 'yigirma', 'йигирма', 'двадцать', 'двадцат', 'twenty', 'twentieth'],
    [10, 'on', 'oni', 'ўн', '', '', '', ''],
  ];
  const list: [string, number][] = [];
  for (const [ten, word, own, cyr, ruWord, ruOwn, enWord, enOwn] of tens) {
    for (let one = 1; one <= 9; one += 1) {
      list.push([`${word} ${uz[one]}i?nchi`, ten + one], [`${cyr} ${cyrillic[one]}и?нчи`, ten + one]);
      if (ruWord) list.push([`${ruWord} ${ru[one]}(?:[оь]?е|[оье]?го|ое)`, ten + one], [`${enWord}[ -]${en[one]}`, ten + one]);
    }
    list.push([`${own}nchi`, ten], [`${cyr}и?нчи`, ten]);
    if (ruOwn) list.push([`${ruOwn}(?:ое|ого)`, ten], [enOwn, ten]);
  }
  for (const [i, stem] of teens.entries()) list.push([`${stem}(?:ое|ого)`, 10 + i], [enTeens[i] as string, 10 + i]);
  for (let one = 1; one <= 9; one += 1)
    list.push(
      [`${uz[one]}i?nchi`, one],
      [`${cyrillic[one]}и?нчи`, one],
      [`${ru[one]}(?:ое|ого|ье|ьего)`, one],
      [en[one] as string, one],
    );
  return list;
}
